#!/usr/bin/env python3
"""Checks what only Xcode would read: catalogs, plists, privacy manifest, icon, project. Needs neither Xcode nor Swift.

Prints one line per fault, naming the file, and ends with 1; else one line with counts. The project file is parsed by
PyPI's pbxproj, pinned; without it (or on request with --venv DIR) it is installed into a virtual environment there.
"""
import json
import pathlib
import plistlib
import re
import subprocess
import sys

IOS = pathlib.Path(__file__).resolve().parent.parent
LANGUAGES = {"de", "en"}
SPECIFIER = re.compile(r"%(?:\d+\$)?(@|lld)")
PBXPROJ = "pbxproj==4.3.3"

# Apple's list of reasons, https://developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api
REASONS = {
    "NSPrivacyAccessedAPICategoryFileTimestamp": {"DDA9.1", "C617.1", "3B52.1", "0A2A.1"},
    "NSPrivacyAccessedAPICategoryDiskSpace": {"85F4.1", "E174.1", "7D9E.1", "B728.1"},
    "NSPrivacyAccessedAPICategorySystemBootTime": {"35F9.1", "8FFB.1", "3D61.1"},
    "NSPrivacyAccessedAPICategoryUserDefaults": {"CA92.1", "1C8F.1", "C56D.1", "AC6B.1"},
    "NSPrivacyAccessedAPICategoryActiveKeyboards": {"3EC4.1", "54BD.1"},
}
PRIVACY_KEYS = {
    "NSPrivacyAccessedAPITypes", "NSPrivacyCollectedDataTypes", "NSPrivacyTracking", "NSPrivacyTrackingDomains",
}
USAGE_KEYS = {
    "NSCalendarsWriteOnlyAccessUsageDescription", "NSCameraUsageDescription", "NSFaceIDUsageDescription",
    "NSLocalNetworkUsageDescription", "NSLocationWhenInUseUsageDescription", "NSMicrophoneUsageDescription",
}
REFUSED_KEYS = {"NSContactsUsageDescription", "NSLocationAlwaysAndWhenInUseUsageDescription"}

faults: list[str] = []


def fault(file: str, what: str) -> None:
    faults.append(f"{file}: {what}")


def units(localization: dict) -> list[dict]:
    if "stringUnit" in localization:
        return [localization["stringUnit"]]
    return [form["stringUnit"] for form in localization.get("variations", {}).get("plural", {}).values()]


def catalog(name: str) -> dict:
    """A catalog is whole: both languages, translated, the key's own specifiers."""
    try:
        strings = json.loads((IOS / "App" / name).read_text())["strings"]
    except (OSError, ValueError, KeyError) as error:
        fault(name, f"cannot be read: {type(error).__name__}")
        return {}
    for key, entry in strings.items():
        localizations = entry.get("localizations", {})
        if set(localizations) != LANGUAGES:
            fault(name, f"{key}: languages {sorted(localizations)}")
        if entry.get("extractionState") != "manual":
            fault(name, f"{key}: Xcode would remove it; extractionState is not manual")
        for language, localization in localizations.items():
            plural = localization.get("variations", {}).get("plural")
            if plural is not None and set(plural) != {"one", "other"}:
                fault(name, f"{key}, {language}: plural forms {sorted(plural)}")
            if not units(localization):
                fault(name, f"{key}, {language}: no text")
            for unit in units(localization):
                if unit.get("state") != "translated" or not unit.get("value", "").strip():
                    fault(name, f"{key}, {language}: not translated")
                if sorted(SPECIFIER.findall(unit.get("value", ""))) != sorted(SPECIFIER.findall(key)):
                    fault(name, f"{key}, {language}: other specifiers than its key")
    return strings


def phrases(strings: dict) -> None:
    """The catalog has exactly the keys that Swift can name."""
    source = (IOS / "FarleyKit/Sources/FarleyKit/Phrases.swift").read_text()
    named = set()
    for name, arguments in re.findall(r'Phrase\("([a-z0-9_.]+)"((?:, \.(?:number|text)\(\w+\))*)\)', source):
        kinds = re.findall(r"\.(number|text)", arguments)
        named.add(name + "".join(" %lld" if kind == "number" else " %@" for kind in kinds))
    for key in sorted(named - set(strings)):
        fault("Localizable.xcstrings", f"{key} is named in Phrases.swift and missing here")
    for key in sorted(set(strings) - named):
        fault("Localizable.xcstrings", f"{key} is named nowhere")


def plain_texts() -> None:
    """No view says anything that is not in the catalog."""
    for file in sorted((IOS / "FarleyKit/Sources/FarleyUI").glob("*.swift")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if re.search(r'\b(?:Text|Button|Label|Toggle|Section|Picker|navigationTitle|accessibilityLabel)\("', line):
                fault(f"{file.name}:{number}", "a text that no catalog has")


def plist(path: pathlib.Path) -> dict:
    try:
        return plistlib.loads(path.read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException) as error:
        fault(path.name, f"cannot be read: {type(error).__name__}")
    except Exception as error:  # expat's own error is private to the parser
        fault(path.name, f"is no plist: {type(error).__name__}")
    return {}


def info(localized: dict) -> None:
    values = plist(IOS / "Config/Info.plist")
    if not values:
        return
    for key in sorted(USAGE_KEYS):
        if not str(values.get(key, "")).strip():
            fault("Info.plist", f"{key} is missing or empty; iOS would end the app")
        if key not in localized:
            fault("InfoPlist.xcstrings", f"{key} has no German text")
    for key in sorted(REFUSED_KEYS & set(values)):
        fault("Info.plist", f"{key} asks for what Farley never asks for")
    source = (IOS / "App/BackgroundTasks.swift").read_text()
    for identifier in values.get("BGTaskSchedulerPermittedIdentifiers", []) or [None]:
        if not identifier or f'"{identifier}"' not in source:
            fault("Info.plist", "background identifiers are not those of BackgroundTasks.swift")
    schemes = [scheme for entry in values.get("CFBundleURLTypes", []) for scheme in entry.get("CFBundleURLSchemes", [])]
    if schemes != ["farley"]:
        fault("Info.plist", f"URL schemes {schemes}")
    if (IOS / "App/Info.plist").exists():
        fault("App/Info.plist", "lies in the synchronized folder: Xcode would copy it a second time")


def privacy() -> None:
    values = plist(IOS / "App/PrivacyInfo.xcprivacy")
    if values and set(values) != PRIVACY_KEYS:
        fault("PrivacyInfo.xcprivacy", f"keys {sorted(set(values) ^ PRIVACY_KEYS)}")
    for entry in values.get("NSPrivacyAccessedAPITypes", []):
        kind = entry.get("NSPrivacyAccessedAPIType", "")
        unknown = set(entry.get("NSPrivacyAccessedAPITypeReasons", [])) - REASONS.get(kind, set())
        if unknown or kind not in REASONS:
            fault("PrivacyInfo.xcprivacy", f"{kind}: reasons {sorted(unknown)} are not on Apple's list")


def icon() -> None:
    folder = IOS / "App/Assets.xcassets/AppIcon.appiconset"
    try:
        images = json.loads((folder / "Contents.json").read_text())["images"]
        data = (folder / images[0]["filename"]).read_bytes()
    except (OSError, ValueError, KeyError, IndexError) as error:
        return fault("AppIcon.appiconset", f"cannot be read: {type(error).__name__}")
    if data[:8] != b"\x89PNG\r\n\x1a\n" or int.from_bytes(data[16:20], "big") != 1024:
        fault("AppIcon.appiconset", "is not a PNG of 1024 pixels")
    if data[25] != 2:
        fault("AppIcon.appiconset", "has transparency; the store refuses it")
    return None


def project() -> int:
    from pbxproj import XcodeProject

    file = IOS / "Farley.xcodeproj/project.pbxproj"
    text = file.read_text()
    if text.count("{") != text.count("}") or text.count("(") != text.count(")"):
        fault("project.pbxproj", "braces do not match")
    try:
        parsed = XcodeProject.load(str(file))
        objects = parsed.objects.get_objects_in_section(*parsed.objects.get_sections())
    except Exception as error:  # the parser's errors have no common type
        fault("project.pbxproj", f"cannot be parsed: {type(error).__name__}")
        return 0

    def of(kind: str) -> list:
        return parsed.objects.get_objects_in_section(kind)

    if parsed.objectVersion != "77":
        fault("project.pbxproj", "objectVersion is not 77")
    defined = set(re.findall(r"^\t\t([0-9A-F]{24})[^=\n]*= \{", text, re.M))
    if {one.get_id() for one in objects} != defined:
        fault("project.pbxproj", "some objects are not read by the parser")
    for name in sorted(set(re.findall(r"\b[0-9A-F]{24}\b", text)) - defined):
        fault("project.pbxproj", f"{name} is used and not defined")
    for name in sorted(name for name in defined if len(re.findall(name, text)) < 2):
        fault("project.pbxproj", f"{name} is defined and never used")
    for group in of("PBXFileSystemSynchronizedRootGroup"):
        if not (IOS / group.path).is_dir():
            fault("project.pbxproj", f"there is no folder {group.path}")
    for package in of("XCLocalSwiftPackageReference"):
        if not (IOS / package.relativePath / "Package.swift").is_file():
            fault("project.pbxproj", f"there is no package {package.relativePath}")
    for reference in of("PBXFileReference"):
        if reference.sourceTree == "<group>" and not (IOS / reference.path).exists():
            fault("project.pbxproj", f"there is no file {reference.path}")
    manifest = (IOS / "FarleyKit/Package.swift").read_text()
    for product in of("XCSwiftPackageProductDependency"):
        if f'.library(name: "{product.productName}"' not in manifest:
            fault("project.pbxproj", f"the package has no product {product.productName}")
    for configuration in of("XCBuildConfiguration"):
        path = configuration.buildSettings["INFOPLIST_FILE"]
        if path and not (IOS / path).is_file():
            fault("project.pbxproj", f"there is no {path}")
    return len(defined)


def with_parser() -> None:
    """Runs this script again where pbxproj is; installs it once below the given folder."""
    try:
        import pbxproj  # noqa: F401
        return
    except ImportError:
        pass
    if "--venv" not in sys.argv:
        sys.exit(f"check_project.py: needs {PBXPROJ}; name a folder for it with --venv DIR")
    folder = pathlib.Path(sys.argv[sys.argv.index("--venv") + 1])
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PBXPROJ], check=True)
    sys.exit(subprocess.run([python, __file__]).returncode)


with_parser()
texts = catalog("Localizable.xcstrings")
phrases(texts)
plain_texts()
info(catalog("InfoPlist.xcstrings"))
privacy()
icon()
count = project()
print("\n".join(faults) or f"{len(texts)} texts in {len(LANGUAGES)} languages, {count} project objects, plists and icon: sound")
sys.exit(bool(faults))
