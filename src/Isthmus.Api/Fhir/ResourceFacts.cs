using Isthmus.Fhir.Json;
using Isthmus.Records.Read;
using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Api.Fhir;

/// <summary>What consent to read a resource is decided over: its type, its security labels, its codes. What else it says is not known, which errs to denial.</summary>
internal static class ResourceFacts
{
    public static DataFacts Of(StoredResource resource)
    {
        var root = FhirJsonReader.Read(resource.Json.Reveal()).Root;
        var labels = new List<string>();
        foreach (var label in root["meta"u8]["security"u8])
        {
            if (label["code"u8].AsString() is { } code)
            {
                labels.Add(code);
            }
        }

        var codes = new List<string>();
        foreach (var coding in root["code"u8]["coding"u8])
        {
            codes.Add($"{coding["system"u8].AsString()}|{coding["code"u8].AsString()}");
        }

        return new DataFacts(resource.Type, labels, codes, Reference: $"{resource.Type}/{resource.Id:D}");
    }
}
