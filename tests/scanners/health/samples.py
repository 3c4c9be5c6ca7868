"""Fictitious files in the formats of hospitals, and files that look like them and hold no patient.

Every person, number and result is invented.  Each function gives (name, bytes, identification) or (name, bytes).
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

NOMINATIVE, PSEUDONYMOUS, NOBODY = "nominative", "pseudonymous", "nobody"
PEOPLE = (("DURAND", "Zoé"), ("LEFÈVRE", "Anaïs"), ("N'GUYEN", "Théo"), ("SMITH", "Joan"), ("MARTIN", "Paul"))

Positive = tuple[str, bytes, str]
Negative = tuple[str, bytes]


def _blocks() -> Iterator[tuple[str, str, bytes]]:
    """The tables of tables.txt: name and identification, header, one line, which is repeated."""
    for block in Path(__file__).with_name("tables.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        title, header, row = block.split("\n")
        name, who = title.split()
        yield name, who, (header + "\n" + (row + "\n") * 6).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    """One DICOM element, explicit, little endian, padded to an even length."""
    value += b"\0" if len(value) % 2 and kind == b"UI" else b" " if len(value) % 2 else b""
    return struct.pack("<HH", group, number) + kind + struct.pack("<H", len(value)) + value


def dicom(sop: bytes, name: bytes, removed: bytes = b"", preamble: bool = True) -> bytes:
    meta = element(2, 2, b"UI", sop) + element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1")
    body = element(8, 0x16, b"UI", sop) + element(8, 0x60, b"CS", b"CT") + element(0x10, 0x10, b"PN", name)
    body += element(0x12, 0x62, b"CS", removed) if removed else b""
    head = bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    return (head if preamble else b"") + body + bytes(4000)


def nir(sex: int, year: int, month: int, department: str, town: int, order: int) -> str:
    """A number of the right shape with the right key."""
    number = f"{sex}{year:02}{month:02}{department}{town:03}{order:03}"
    digits = int(number.replace("2A", "19").replace("2B", "18"))
    return f"{number}{97 - digits % 97:02}"


def messages() -> Iterator[Positive]:
    pid = "PID|||12345^^^CHU^PI||DURAND^Zoé||19800101|F|||1 rue X^^LYON^^69000\r"
    for name, header, rest, end in (
        ("adt.hl7", "MSH|^~\\&|DPI|CHU|LIS|LABO|20260101120000||ADT^A01^ADT_A01|42|P|2.5^FRA\r", pid, "\r"),
        ("adt-crlf.txt", "MSH|^~\\&|DPI|CHU|LIS|LABO|20260101||ADT^A08|42|P|2.3\r\n", pid + "\n", ""),
        ("oru.er7", "MSH|^~\\&|LIS|L|DPI|C|2026||ORU^R01|1|P|2.5\n", "OBR|1||A|CBC\nOBX|1|NM|718-7^HB^LN||13.1\n", ""),
        ("mllp.bin", "\x0bMSH|^~\\&|A|B|C|D|2026||SIU^S12|1|P|2.5\r", "SCH|1\r" + pid, "\x1c\r"),
        ("batch.txt", "FHS|^~\\&|A\rBHS|^~\\&|A\rMSH|^~\\&|A|B|C|D|2026||VXU^V04|1|P|2.5\r", pid + "RXA|0|1\r", ""),
        ("mdm.hl7", "MSH|^~\\&|A|B|C|D|2026||MDM^T02|1|P|2.5\r", "EVN|T02\r" + pid + "TXA|1|CR\r", ""),
        ("odd.hl7", "MSH$%~\\&$A$B$C$D$2026$$ORM^O01$1$P$2.5\r".replace("%", "^"), pid.replace("|", "$"), ""),
    ):
        who = PSEUDONYMOUS if "PID" not in rest else NOMINATIVE
        yield name, (header + rest.replace("|", "|") + end).encode(), who
    yield "latin.hl7", ("MSH|^~\\&|A|B|C|D|2026||ADT^A04|1|P|2.5\r" + pid).encode("cp1252"), NOMINATIVE
    hprim = "H|~^\\&|||LABO||ORU|||HPR||P|H2.3|2026\rP|1|12||N1|LEFEVRE^Anaïs||19700101|F\rOBR|1|A\r"
    yield "labo.hpr", hprim.encode("latin-1"), NOMINATIVE
    medical = "123456\nLEFEVRE\nAnaïs\n1 rue X\n\n69000 LYON\n01/02/1970\n\n\nRésultat\nGlycémie 5.1\n****FIN****\n"
    yield "compte.hpm", medical.encode("cp1252"), NOMINATIVE


def documents() -> Iterator[Positive]:
    cda = '<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FR"/><recordTarget><patientRole/></recordTarget>'
    yield "cda.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{cda}</ClinicalDocument>'.encode(), NOMINATIVE
    yield "cda16.xml", f'<?xml version="1.0" encoding="UTF-16"?>{cda}'.encode("utf-16"), NOMINATIVE
    styled = f"<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><!-- Généré --><!DOCTYPE a [<!ENTITY e 'x'>]>{cda}"
    yield "cda-prolog.xml", styled.encode(), NOMINATIVE
    yield "prefixed.xml", b'<n1:ClinicalDocument xmlns:n1="urn:hl7-org:v3"><n1:id/></n1:ClinicalDocument>', NOMINATIVE
    hprim = (
        '<evenementsPMSI xmlns="http://www.hprim.org/hprimXML" version="1.05"><patient><nomUsuel>X</nomUsuel></patient>'
    )
    yield "pmsi.xml", f'<?xml version="1.0" encoding="ISO-8859-1"?>{hprim}'.encode("latin-1"), NOMINATIVE
    acts = hprim.replace("PMSI", "ServeurActes").replace("<patient>", '<patient anonyme="oui">')
    yield "actes.xml", acts.encode(), PSEUDONYMOUS
    pn13 = '<Messages xmlns="http://www.phast.fr/SIPhII"><M_Prescription_médicaments><Ipp>1</Ipp>'
    yield "pn13.xml", pn13.encode(), NOMINATIVE
    yield (
        "rpu.xml",
        b"<OSCOUR><ETABLISSEMENT/><PASSAGES><PATIENT><CP>69000</CP></PATIENT></PASSAGES></OSCOUR>",
        PSEUDONYMOUS,
    )
    odm = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><ClinicalData StudyOID="S"><SubjectData/></ClinicalData></ODM>'
    yield "odm.xml", odm.encode(), PSEUDONYMOUS
    yield "ecg.xml", b'<AnnotatedECG xmlns="urn:hl7-org:v3"><id/></AnnotatedECG>', PSEUDONYMOUS
    fhir = '<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Patient><name><family value="X"/></name>'
    yield "fhir.xml", fhir.encode(), NOMINATIVE
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "SMITH"}], "birthDate": "1980-01-01"}
    observed = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/1"}}
    yield "patient.json", json.dumps(patient, indent=2).encode(), NOMINATIVE
    yield "late.json", json.dumps({"id": "1", "meta": {"a": [1]}, **observed}).encode(), PSEUDONYMOUS
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observed}] * 90}
    yield "bundle.json", json.dumps(bundle).encode(), PSEUDONYMOUS
    yield "bom.json", b"\xef\xbb\xbf" + json.dumps(patient).encode(), NOMINATIVE
    yield "export.ndjson", (json.dumps(observed) + "\n").encode() * 200, PSEUDONYMOUS
    yield "array.json", json.dumps([patient, observed]).encode(), NOMINATIVE
    tags = {"00080060": {"vr": "CS", "Value": ["MR"]}, "00100010": {"vr": "PN", "Value": [{"Alphabetic": "X^Y"}]}}
    yield "dicom.json", json.dumps([{**tags, "00100020": {"vr": "LO", "Value": ["7"]}}]).encode(), NOMINATIVE
    ehr = {"_type": "COMPOSITION", "archetype_node_id": "openEHR-EHR-COMPOSITION.report.v1"}
    yield "composition.json", json.dumps(ehr).encode(), PSEUDONYMOUS
    flat = {"ctx/language": "fr", "ctx/territory": "FR", "vitals/pulse:0/rate|magnitude": 60}
    yield "flat.json", json.dumps(flat).encode(), PSEUDONYMOUS
    samu = {"content": [{"createCaseHealth": {"caseId": "fr.health.1", "patient": [{"birthDate": "1980-01-01"}]}}]}
    yield "samu.json", json.dumps(samu).encode(), NOMINATIVE
    own = {"visits": [{"patientId": 7, "lastName": "X", "birthDate": "1980-01-01", "diagnosis": "E11.9", "bmi": 31}]}
    yield "api.json", json.dumps(own).encode(), NOMINATIVE
    letter = (
        "Service de cardiologie\nCompte rendu d'hospitalisation\nMadame DURAND Zoé née le 01/02/1950\n"
        "Motif d'hospitalisation : dyspnée.\nAntécédents : HTA.\nExamen clinique : normal.\n"
        "Traitement de sortie : ramipril.\n"
    )
    yield "letter.txt", letter.encode("cp1252"), NOMINATIVE
    word = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in letter.split("\n"))
    package = {"[Content_Types].xml": b"<Types/>", "word/document.xml": f"<w:document>{word}</w:document>".encode()}
    yield "letter.docx", zipped(package), NOMINATIVE
    note = "Patient name: SMITH\nChief complaint: chest pain\nPast medical history: none\n"
    note += "Medications: aspirin\nAssessment and plan: rest\n"
    yield "note.txt", note.encode(), NOMINATIVE


def binaries() -> Iterator[Positive]:
    ct = b"1.2.840.10008.5.1.4.1.1.2"
    yield "IM0001", dicom(ct, b"DURAND^ZOE"), NOMINATIVE
    yield "removed.dcm", dicom(ct, b"ANON", b"YES"), PSEUDONYMOUS
    yield "empty.dcm", dicom(ct, b""), PSEUDONYMOUS
    yield "bare.dcm", dicom(ct, b"X^Y", preamble=False), NOMINATIVE
    directory = bytes(128) + b"DICM" + element(2, 2, b"UI", b"1.2.840.10008.1.3.10") + bytes(200)
    yield "DICOMDIR", directory, NOMINATIVE
    yield "volume.nii", struct.pack("<i", 348) + bytes(340) + b"n+1\0" + bytes(500), PSEUDONYMOUS
    yield "volume.nii.gz", gzip.compress(struct.pack("<i", 348) + bytes(340) + b"n+1\0" + bytes(5000)), PSEUDONYMOUS
    edf = "0".ljust(8) + "{}" + "Startdate 01-JAN-2026 X X X".ljust(80) + "01.01.2612.00.00" + "768".ljust(8)
    yield "anon.edf", edf.format("X F X X".ljust(80)).encode() + bytes(4000), PSEUDONYMOUS
    yield "named.edf", edf.format("12345 F 01-JAN-1980 Zoe_Durand".ljust(80)).encode() + bytes(900), NOMINATIVE
    yield "eeg.bdf", b"\xffBIOSEMI" + b" " * 400, PSEUDONYMOUS
    yield "eeg.vhdr", b"Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n", PSEUDONYMOUS
    yield "ecg.scp", bytes(16) + b"SCPECG" + bytes(100), NOMINATIVE
    yield "rhythm.hea", b"100 2 360 650000\n100.dat 212 200 11 1024 995\n100.dat 212 200 11 1024 1011\n", PSEUDONYMOUS
    header = "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    vcf = f"{header}\tFORMAT\tS1\n1\t10\t.\tA\tT\t9\tPASS\t.\tGT\t0/1\n".encode()
    yield "calls.vcf", vcf, PSEUDONYMOUS
    yield "calls.vcf.gz", gzip.compress(vcf), PSEUDONYMOUS
    yield "reads.bam", gzip.compress(b"BAM\1" + struct.pack("<i", 20) + b"@HD\tVN:1.6\n@SQ\tSN:chr1"), PSEUDONYMOUS
    yield "reads.cram", b"CRAM\x03\x00" + bytes(200), PSEUDONYMOUS
    yield "reads.sam", b"@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\n", PSEUDONYMOUS
    yield "chip.bed", b"\x6c\x1b\x01" + bytes(300), PSEUDONYMOUS
    yield "chip.fam", b"F1 I1 0 0 1 2\nF2 I2 0 0 2 1\nF3 I3 0 0 1 -9\n", PSEUDONYMOUS
    yield "genome.txt", b"# rsid\tchromosome\tposition\tgenotype\nrs4477212\t1\t82154\tAA\n", PSEUDONYMOUS
    yield (
        "slide.svs",
        b"II\x2a\x00" + bytes(500) + b"Aperio Image Library v11\r\n46000x32914" + bytes(200),
        PSEUDONYMOUS,
    )
    xdm = {"IHE_XDM/SUBSET01/METADATA.XML": b"<a/>", "INDEX.HTM": b"<html/>"}
    yield "IHE_XDM.ZIP", zipped(xdm), NOMINATIVE


def pmsi() -> Iterator[Positive]:
    finess, day = "690781810", "15031950"
    number = nir(2, 50, 3, "69", 123, 45)
    rum = f"{finess}016{'1':>20}{'2':>20}{'3':>10}{day}1{'':60}"
    rss = f"111105M0 119   {finess}019{'1':>20}{'2':>20}{'':90}"
    rhs = "".ljust(10) + "M1D" + finess + "M0B" + "12".rjust(20) + "".ljust(60)
    vid = f"{number}01{'':2}{day}2{'4':>20}V014{finess}{'':60}"
    rsa = f"{finess}225{'0000000001'}119{'01 '}{' 1'}{'05M041'}{'':120}"
    ano = f"{'':16}A18{'0100'}{'':54}{finess}{'':40}"
    tra = f"0000000001{'7':>20}0000000009{'8':>20}{day}05M041{day}"
    for name, line, who in (
        ("690781810.rss.txt", rss, PSEUDONYMOUS),
        ("rum.txt", rum, PSEUDONYMOUS),
        ("rhs.txt", rhs, PSEUDONYMOUS),
        ("vidhosp.txt", vid, NOMINATIVE),
        ("690781810.2025.12.rsa", rsa, PSEUDONYMOUS),
        ("ano.txt", ano, PSEUDONYMOUS),
        ("tra.txt", tra, PSEUDONYMOUS),
    ):
        yield name, "".join(f"{line}\r\n" for _ in range(12)).encode("latin-1"), who
    yield "vidhosp-one-line", vid.encode(), NOMINATIVE


def tables() -> Iterator[Positive]:
    for name, who, text in _blocks():
        if who != NOBODY:
            yield name, text, who
    header, row = "ipp;nom_usuel;ddn;cim10;uf", "1;DURAND;1950;E119;4010"
    yield "quoted.csv", f'"{header.replace(";", chr(34) + ";" + chr(34))}"\r\n{row}\r\n'.encode("cp1252"), NOMINATIVE
    yield "wide.csv", f"{header}\n{row}\n".encode("utf-16"), NOMINATIVE
    yield "big.csv.gz", gzip.compress(f"{header}\n{row}\n".encode() * 5000), NOMINATIVE
    yield "big.csv.bz2", bz2.compress(f"{header}\n{row}\n".encode() * 50), NOMINATIVE
    yield "big.csv.xz", lzma.compress(f"{header}\n{row}\n".encode() * 50), NOMINATIVE
    yield "pack.zip", zipped({"lisez.txt": b"rien", "data/sejours.csv": f"{header}\n{row}\n".encode()}), NOMINATIVE
    yield "pack.tar", tarred({"data/sejours.csv": f"{header}\n{row}\n".encode()}), NOMINATIVE
    yield "pack.tar.gz", gzip.compress(tarred({"data/sejours.csv": f"{header}\n{row}\n".encode()})), NOMINATIVE
    bare = "".join(f"{nir(1, 50 + n, 3, '75', 56, 10 + n)};E11{n};2020\n" for n in range(9))
    yield "without-header.csv", bare.encode(), NOMINATIVE
    dump = (
        "-- MySQL dump 10.13\nDROP TABLE IF EXISTS `sejour`;\nCREATE TABLE `sejour` (\n `id` int NOT NULL,\n"
        " `ipp` varchar(9),\n"
        " `diagnostic_principal` varchar(9),\n `date_naissance` date,\n PRIMARY KEY (`id`)\n);\n"
        "INSERT INTO `sejour` VALUES (1);\n"
    )
    yield "dump.sql", dump.encode(), NOMINATIVE
    copy = "COPY public.condition_occurrence (person_id, condition_concept_id) FROM stdin;\n2\t3\n"
    yield "omop.sql", copy.encode(), PSEUDONYMOUS


def negatives() -> Iterator[Negative]:
    yield (
        "form.txt",
        "Nom :\nDate de naissance :\nAntécédents :\nAllergies :\nExamen clinique :\nPosologie :\n".encode(),
    )
    yield "news.eml", b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Menu\r\n\r\nNo patient here.\r\n"
    yield "page.html", b"<!doctype html><html><body><h1>Cardiology</h1><p>Find our doctors.</p></body></html>"
    yield "contacts.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\xc3\xa9 Durand\r\nTEL:0102030405\r\nEND:VCARD\r\n"
    yield "font.bdf", b"STARTFONT 2.1\nFONT -misc-fixed\nSIZE 16 75 75\n"
    yield "detector.edf", b"{\nHeaderID = EH:000001:000000:000000 ;\nImage = 1 ;\n}\n" + bytes(900)
    yield "drive.eds", b"[FileInfo]\nFileName=drive.eds\nFileVersion=1\n[DeviceInfo]\nVendorName=X\n"
    yield "engine.dcm", b"KONSERVIERUNG_FORMAT 2.0\nFESTWERT K_ABC\n WERT 1.0\nEND\n"
    yield "key.rsa", b"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n"
    yield "feed.rss", b'<?xml version="1.0"?><rss version="2.0"><channel><title>Hospital news</title></channel></rss>'
    yield "genes.bed", b"chr1\t1000\t5000\tgene1\t960\t+\nchr1\t2000\t6000\tgene2\t900\t-\n"
    yield "model.bam", b"pbj\n\0\x06\0" + bytes(300)
    yield (
        "mouse.vcf",
        b"##fileformat=VCFv4.2\n##reference=GRCm38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n",
    )
    yield "palette.dcm", dicom(b"1.2.840.10008.5.1.4.39.1", b"")
    yield "phantom.dcm", dicom(b"1.2.840.10008.5.1.4.1.1.2", b"PHANTOM^QA")
    yield "ack.hl7", b"MSH|^~\\&|A|B|C|D|2026||ACK^A01|1|P|2.5\rMSA|AA|42\r"
    yield "manual.txt", b"The MSH segment opens each message, e.g. MSH|^~\\&|A|B\rand PID names the patient.\n"
    for name in (
        "ValueSet",
        "StructureDefinition",
        "CapabilityStatement",
        "Questionnaire",
        "Organization",
        "Practitioner",
    ):
        yield f"{name}.json", json.dumps({"resourceType": name, "name": "Patient", "status": "active"}).encode()
    config = {"Records": [{"eventName": "GetObject", "resources": [{"resourceType": "AWS::S3::Bucket"}]}]}
    yield "trail.json", json.dumps(config).encode()
    users = {"Resources": [{"meta": {"resourceType": "User"}, "name": {"familyName": "X"}, "userName": "x1"}]}
    yield "scim.json", json.dumps(users).encode()
    field = {"type": "string", "format": "date"}
    schema = {
        "openapi": "3.0.0",
        "components": {"schemas": {"Patient": {"properties": {"birthDate": field, "diagnosis": field}}}},
    }
    yield "openapi.json", json.dumps(schema).encode()
    labels = {"patient": "Le patient", "diagnosis": "Diagnostic", "birthDate": "Date de naissance",
              "age": "Âge", "sex": "Sexe",
              "prescription": "Ordonnance", "allergies": "Allergies"}  # fmt: skip
    yield "fr.json", json.dumps(labels, ensure_ascii=False).encode()
    yield (
        "package.json",
        json.dumps({"name": "patient-portal", "version": "1.2.0", "dependencies": {"fhir": "^4.1.0"}}).encode(),
    )
    yield "health.json", json.dumps({"status": "pass", "checks": {"db:time": [{"observedValue": 12}]}}).encode()
    yield (
        "schema.xsd",
        b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="patient"/></xs:schema>',
    )
    yield "sheet.xsl", b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:hl7-org:v3"/>'
    yield (
        "pom.xml",
        b'<project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>fhir-server</artifactId></project>',
    )
    yield "page.html", b"<!DOCTYPE html><html><body><h1>Prendre rendez-vous</h1><p>Patients</p></body></html>"
    yield "ack.xml", b'<acquittementsPmsi xmlns="http://www.hprim.org/hprimXML"><statut>ok</statut></acquittementsPmsi>'
    yield (
        "values.xml",
        b'<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"><ValueSet id="1"/></RetrieveValueSetResponse>',
    )
    for name, who, text in _blocks():
        if who == NOBODY:
            yield name, text
    yield "app.log", b"2026-01-01 12:00:00 INFO patient 12 loaded, diagnosis ok, sex=F\n" * 40
    yield "nginx.log", b'10.0.0.1 - - [01/Jan/2026] "GET /Patient/12 HTTP/1.1" 200 12 "-" "curl"\n' * 40
    yield "code.py", b"from app import patient, diagnosis\n\ndef admit(patient, diagnosis, drug):\n    return patient\n"
    yield (
        "code.sql",
        b"CREATE TABLE owners (id int, name text);\nCREATE TABLE pets (id int, birth_date date, species text);\n",
    )
    yield "shop.sql", b"CREATE TABLE orders (id int, total numeric);\nINSERT INTO orders VALUES (1, 2);\n"
    yield (
        "readme.md",
        b"# Patient portal\n\n| column | meaning |\n|---|---|\n| ipp | patient |\n| cim10 | diagnosis |\n",
    )
    yield "deploy.yaml", b"apiVersion: v1\nkind: Service\nmetadata:\n  name: fhir-server\n  labels: {app: patient}\n"
    yield "settings.ini", b"[hl7]\nhost=10.0.0.1\nport=2575\n[dicom]\naet=PACS\n"
    yield "main.tf", b'resource "aws_s3_bucket" "patients" {\n  bucket = "chu-patients"\n}\n'
    yield "image.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
    yield "random.bin", bytes((n * 7919 + n // 3) % 256 for n in range(4000))
    yield "sources.zip", zipped({"src/patient.py": b"class Patient:\n    pass\n", "README.md": b"# x"})
    yield "empty.csv", b""
    yield "random-numbers.csv", b"a;b\n" + b"".join(b"%015d;%d\n" % (n * 999999937 % 10**15, n) for n in range(50))
    yield (
        "tei.xml",
        b'<article xmlns="http://docbook.org/ns/docbook"><title>Cancer</title><para>patients 12</para></article>',
    )
    yield "report.pdf", page(("Annual report", "Our patients are our future."), packed=True)
    audit = {"event": {"resource": {"resourceType": "Patient", "id": "7"}, "action": "read", "at": "2026-01-01"}}
    yield "audit.json", json.dumps(audit).encode()
    yield "pages.json", json.dumps({"patients": {"id": 5, "count": 20, "pageSize": 10}}).encode()
    translated = {"patient": {"firstName": "Prénom", "birthDate": "Né le"}, "step1": "Étape 1"}
    yield "labels.json", json.dumps(translated, ensure_ascii=False).encode()
    yield "insurance.xml", b"<contrat><assure><nom>A</nom><numero>7</numero></assure><auto>1</auto></contrat>"
    yield (
        "old.doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"Minutes of the board, 12 May\rBudget" + bytes(900),
    )
    yield "lyrics.txt", b"No patient was harmed: medications, findings and allergies of a song.\n" * 5


LETTER = (
    "Compte rendu d'hospitalisation", "Patient : Mme DURAND Zoé", "Motif d'hospitalisation : toux",
    "Allergies : aucune", "Examen clinique : sans particularité",
)  # fmt: skip
MESSAGE = "MSH|^~\\&|DPI|CHU|LABO|X|20250102||ADT^A04|7|P|2.5\rPID|1||4711^^^CHU^PI||DURAND^ZOE||19790328|F\rPV1||O\r"


def wrapped() -> Iterator[Positive]:
    """Data of patients inside a mail, a page, a letter, a log, or below the title of an export."""
    cda = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FR"/></ClinicalDocument>'
    mail = b"From: a@x.example\r\nTo: b@x.example\r\nMIME-Version: 1.0\r\n"
    encoded = base64.encodebytes(cda)
    yield (
        "part.eml",
        mail + b"Content-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded,
        NOMINATIVE,
    )
    yield "xdm.eml", mail + b"Subject: XDM/1.0/DDM\r\n\r\n", NOMINATIVE
    yield "letter.html", ("<html><body><p>" + "</p><p>".join(LETTER) + "</p></body></html>").encode(), NOMINATIVE
    yield "letter.rtf", ("{\\rtf1 " + "\\par ".join(LETTER) + "}").encode("cp1252"), NOMINATIVE
    yield "mirth.log", f"2025-01-02 08:00:00 INFO received {MESSAGE}".replace("\r", "\n").encode(), NOMINATIVE
    yield "queue.json", json.dumps({"channel": "ADT", "raw": MESSAGE}).encode(), NOMINATIVE
    yield (
        "titled.csv",
        "Export des séjours;;;\nÉdité ce jour;;;\n\nIPP;NOM;PRENOM;DDN;SEXE;DP\n1;A;B;1980;F;J45\n".encode(),
        NOMINATIVE,
    )


def page(lines: tuple[str, ...], packed: bool) -> bytes:
    """A PDF of one page that shows ``lines``, deflated or not."""
    shown = b"BT /F1 12 Tf " + b" ".join(b"(" + line.encode("cp1252") + b") Tj 0 -14 Td" for line in lines) + b" ET"
    stream = zlib.compress(shown) if packed else shown
    told = b"/Filter /FlateDecode " if packed else b""
    return b"%PDF-1.4\n1 0 obj\n<< " + told + b"/Length 999 >>\nstream\n" + stream + b"\nendstream\nendobj\n"


def nested() -> Iterator[Positive]:
    """Patients inside the documents of other systems, claims, pages and old Office files."""
    patient = {"resourceType": "Patient", "id": "1", "name": [{"family": "SMITH"}], "birthDate": "1980-01-01"}
    yield "answer.json", json.dumps({"at": "2026", "response": {"body": patient}}).encode(), NOMINATIVE
    yield "queued.json", json.dumps({"topic": "adt", "value": json.dumps(patient)}).encode(), NOMINATIVE
    person = {"firstName": "Z", "lastName": "X", "birthDate": "1980"}
    yield "visit.json", json.dumps({"appointment": {"patient": person, "reason": "visit"}}).encode(), NOMINATIVE
    record = "<Patient><LastName>A</LastName><BirthDate>1980</BirthDate></Patient><Result><Test>Urée</Test></Result>"
    yield "report.xml", f"<?xml version='1.0'?><LabReport>{record}</LabReport>".encode(), NOMINATIVE
    yield "fse.xml", b"<fse><assure><nir>1</nir><nom>A</nom></assure><acte><code>C</code></acte></fse>", NOMINATIVE
    claim = f"000PS{'0' * 40}B2 {'':60}\r\n2000{'1' * 60}DURAND ZOE\r\n3000{'2' * 60}\r\n"
    yield "claim.b2", claim.encode(), NOMINATIVE
    yield "rows.sql", b"INSERT INTO `patient` VALUES (1,'X','1980-01-01');\n" * 3, PSEUDONYMOUS
    yield "letter.pdf", page(LETTER, packed=False), NOMINATIVE
    yield "packed.pdf", page(LETTER, packed=True), NOMINATIVE
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    yield "letter.doc", old + "\r".join(LETTER).encode("cp1252") + bytes(900), NOMINATIVE
    titles = ("IPP", "Nom de naissance", "Diagnostic principal")
    cells = b"".join(struct.pack("<HB", len(each), 0) + each.encode("cp1252") for each in titles)
    yield "stays.xls", old + cells + bytes(900), NOMINATIVE


def positives() -> Iterator[Positive]:
    for source in (messages, documents, binaries, pmsi, tables, wrapped, nested):
        yield from source()
