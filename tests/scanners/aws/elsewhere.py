"""Resource Explorer, AWS Config and Access Analyzer of a few accounts, as the stand-in answers for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from scanners._standin import Call, Standin


def finding(kind: str, arn: str, **more: Any) -> dict[str, Any]:
    """An active finding of Access Analyzer, of access from another account unless ``more`` says otherwise."""
    return {
        "id": json.dumps(more),
        "resource": arn,
        "resourceType": kind,
        "resourceOwnerAccount": arn.split(":")[4],
        "status": "ACTIVE",
        "condition": {},
        "principal": {"AWS": "210000000099"},
        "createdAt": 0,
        "analyzedAt": 0,
        "updatedAt": 0,
        **more,
    }


_AGGREGATOR = {
    "ConfigurationAggregatorName": "all",
    "ConfigurationAggregatorArn": "arn:aws:config:eu-west-3:210000000011:config-aggregator/config-aggregator-all",
}


class Elsewhere:
    """What these three list, the same for each account, and where: a test changes what it is about, then plants.

    Each account has an index and a recorder in each of its regions, the last of which holds the aggregator;
    ``resources`` are (Resource Explorer's type, Config's type, ARN after the account, region).
    """

    def __init__(
        self, server: Standin, regions: Mapping[str, Sequence[str]], own: str, findings: Sequence[Any] = ()
    ) -> None:
        self.server = server
        self.regions = regions
        self.own = own
        self.resources = [("ec2:volume", "AWS::EC2::Volume", "ec2", "volume/vol-unlisted")]
        self.findings: list[dict[str, Any]] = list(findings)
        self.view_filter = ""
        self.recording = True

    def plant(self) -> None:
        """From now on the stand-in answers so."""
        plant = self.server.plant
        plant("resource-explorer-2", "ListIndexes", self._indexes)
        plant("resource-explorer-2", "GetIndex", {"State": "ACTIVE", "Type": "AGGREGATOR"})
        plant("resource-explorer-2", "GetDefaultView", {"ViewArn": "arn:aws:resource-explorer-2:::view/all"})
        plant("resource-explorer-2", "GetView", lambda _: {"View": {"Filters": {"FilterString": self.view_filter}}})
        plant("resource-explorer-2", "ListResources", self._explored)
        recorder = {"name": "default", "recordingGroup": {"allSupported": True}}
        plant("config", "DescribeConfigurationRecorders", {"ConfigurationRecorders": [recorder]})
        plant("config", "DescribeConfigurationRecorderStatus", self._recording)
        plant("config", "DescribeConfigurationAggregators", self._aggregators)
        plant("config", "SelectAggregateResourceConfig", self._selected)
        analyzer = {"arn": "arn:aws:access-analyzer:::analyzer/one", "type": "ACCOUNT", "status": "ACTIVE"}
        plant("accessanalyzer", "ListAnalyzers", {"analyzers": [{"name": "one", "createdAt": 0, **analyzer}]})
        plant("accessanalyzer", "ListFindings", lambda _: {"findings": self.findings})

    def _indexes(self, call: Call) -> dict[str, Any]:
        own = self.regions[call.account]
        types = ["AGGREGATOR" if region == own[-1] else "LOCAL" for region in own]
        return {"Indexes": [{"Region": region, "Type": type} for region, type in zip(own, types, strict=True)]}

    def _explored(self, call: Call) -> dict[str, Any]:
        listed = [
            {
                "Arn": f"arn:aws:{service}:{call.region}:{call.account}:{name}",
                "ResourceType": kind,
                "Region": call.region,
                "OwningAccountId": call.account,
            }
            for kind, _, service, name in self.resources
        ]
        return {"Resources": listed}

    def _recording(self, _: Call) -> dict[str, Any]:
        return {"ConfigurationRecordersStatus": [{"name": "default", "recording": self.recording}]}

    def _aggregators(self, call: Call) -> dict[str, Any]:
        there = call.region == self.regions[self.own][-1]
        return {"ConfigurationAggregators": [_AGGREGATOR] if there else []}

    def _selected(self, _: Call) -> dict[str, Any]:
        listed = [
            {
                "resourceType": kind,
                "arn": f"arn:aws:{service}:{own[-1]}:{account}:{name}",
                "accountId": account,
                "awsRegion": own[-1],
            }
            for account, own in self.regions.items()
            for _, kind, service, name in self.resources
        ]
        return {"Results": [json.dumps(each) for each in listed]}
