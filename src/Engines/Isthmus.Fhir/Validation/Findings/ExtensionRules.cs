using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What extensions can break (FHIR R4 extensibility.html, defining-extensions.html).</summary>
internal static class ExtensionRules
{
    public static readonly FindingRule Unknown = new("fhir.extension.unknown", Warning, "not-found",
        "The extension's definition is not among the definitions, so it was not checked.",
        """{"extension":[{"url":"http://example.org/ext","valueCode":"a"}]}""", "Load the guide that defines it (--package).");

    public static readonly FindingRule UnknownModifier = new("fhir.extension.unknown-modifier", Warning, "not-found",
        "A modifier extension changes what its element means, and its definition is not known here.",
        """{"modifierExtension":[{"url":"http://example.org/not","valueBoolean":true}]}""", "Load the guide that defines it; who does not know a modifier must not use the element.");

    public static readonly FindingRule RelativeUrl = new("fhir.extension.url", Error, "invalid",
        "An extension's url is absolute, other than within an extension that has parts.", """{"extension":[{"url":"race","valueString":"a"}]}""", "Use the canonical URL of the extension's definition.");

    public static readonly FindingRule Version = new("fhir.extension.version", Error, "invalid",
        "An extension's url has no version.", """{"url":"http://example.org/ext|1.0"}""", "Leave the version out.");

    public static readonly FindingRule Context = new("fhir.extension.context", Error, "structure",
        "The extension may not stand on {0}; its definition allows {1}.", "patient-birthPlace on an Observation.", "Put the extension where its definition allows it.");

    public static readonly FindingRule ContextOfDefinition = new("fhir.extension.context-of-definition", Warning, "structure",
        "The extension may not stand on {0} by R4's definition of it, which allows {1}; HL7 itself uses such extensions more widely.", "structuredefinition-wg on a ValueSet.", "Nothing, if a later release of the extension allows it.");

    public static readonly FindingRule NotModifier = new("fhir.extension.not-modifier", Error, "structure",
        "The extension's definition says that it {0}; it stands in {1}.", "An ordinary extension in modifierExtension.", "Put it into the other of the two.");
}
