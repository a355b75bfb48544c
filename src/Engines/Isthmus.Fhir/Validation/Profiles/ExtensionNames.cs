using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Profiles;

internal static class ExtensionNames
{
    public static readonly int Extension = FhirNames.IdOf("extension"u8);
    public static readonly int ModifierExtension = FhirNames.IdOf("modifierExtension"u8);
    public static readonly int Url = FhirNames.IdOf("url"u8);
}
