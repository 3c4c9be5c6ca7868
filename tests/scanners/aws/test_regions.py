"""Which regions are asked, which are named instead, and what proves that a service is not in one."""

from __future__ import annotations

from typing import Any

from model.observed import Reason
from model.places import Target
from scanners._run import InlineExecutor, run
from scanners._standin import Standin
from scanners.aws import plan
from scanners.aws.availability import is_absent, published
from scanners.aws.clients import Scope, estate_of, region_codes
from scanners.aws.rows import rows

ACCOUNT = "123456789012"


def gaps_of(server: Standin, **settings: Any) -> dict[str, str]:
    """The detail of each gap of reason ``disabled``, by its operation."""
    chosen = {"endpoint_url": server.endpoint_url, "_attempts": 1, "_rows": ("ec2.volume",), **settings}
    jobs = plan(Target("aws", "chu", tuple(sorted(chosen.items()))))
    found = [done.step.observations for done in run(jobs, InlineExecutor(), in_flight=1, budget_seconds=60)]
    return {g.operation: g.detail for each in found for g in each.gaps if g.reason is Reason.DISABLED}


def test_a_region_that_is_named_but_not_switched_on_is_a_gap_and_is_not_asked(server: Standin) -> None:
    server.regions = {ACCOUNT: frozenset({"eu-west-3"})}
    server.reset()

    gaps = gaps_of(server, regions=("eu-west-3", "eu-south-1"))

    assert "eu-south-1; data once put there stay" in gaps["ec2:DescribeRegions"]
    assert {call.region for call in server.calls if call.operation == "DescribeVolumes"} == {"eu-west-3"}


def test_a_region_being_switched_off_is_a_gap(server: Standin) -> None:
    server.plant("account", "ListRegions", {"Regions": [{"RegionName": "me-south-1", "RegionOptStatus": "DISABLING"}]})

    assert "me-south-1" in gaps_of(server, regions=("eu-west-3",))["account:ListRegions"]


def test_a_global_service_is_asked_in_one_region(server: Standin, scan: Any) -> None:
    scan("cloudfront.distribution", regions=("eu-west-3", "us-east-1", "us-east-2"))

    assert [call.region for call in server.calls if call.operation == "ListDistributions"] == ["us-east-1"]


def test_one_user_proves_users_and_no_name_is_kept(server: Standin, scan: Any) -> None:
    iam = server.session().client("iam", endpoint_url=server.endpoint_url)
    for number in range(3):
        iam.create_user(UserName=f"prenom.nom{number}")

    seen = scan("iam.user", regions=("us-east-1",))

    (store,) = seen.stores
    assert (store.id, store.name) == (f"arn:aws:iam::{ACCOUNT}:user", "users")
    assert "prenom.nom" not in repr(seen)


def test_only_a_service_that_is_listed_elsewhere_and_not_here_counts_as_absent() -> None:
    estate = estate_of(Target("aws", "absent"))

    assert is_absent(estate, "healthlake", Scope("aws", ACCOUNT, "eu-west-3"))
    assert not is_absent(estate, "healthlake", Scope("aws", ACCOUNT, "eu-west-1"))
    assert not is_absent(estate, "rds", Scope("aws", ACCOUNT, "eu-west-3"))
    assert not is_absent(estate, "a-service-of-tomorrow", Scope("aws", ACCOUNT, "eu-west-3"))


def test_the_published_lists_name_services_that_are_asked_and_regions_that_exist() -> None:
    assert set(published()) <= {row.client for row in rows()}
    assert set().union(*published().values()) <= region_codes()


def test_every_page_of_who_shares_an_image_counts(server: Standin, scan: Any) -> None:
    arn = "arn:aws:appstream:eu-west-3:123456789012:image/poste"
    server.plant("appstream", "DescribeImages", {"Images": [{"Name": "poste", "Arn": arn, "Visibility": "SHARED"}]})
    shared = {"imagePermissions": {"allowFleet": True, "allowImageBuilder": False}}

    def permissions(call: Any) -> dict[str, Any]:
        first = {"SharedImagePermissionsList": [{"sharedAccountId": "210000000001", **shared}], "NextToken": "more"}
        last = {"SharedImagePermissionsList": [{"sharedAccountId": "210000000002", **shared}]}
        return last if call.parameters.get("NextToken") else first

    server.plant("appstream", "DescribeImagePermissions", permissions)

    assert scan("appstream.image").store(arn).shared_with.value == ("210000000001", "210000000002")
