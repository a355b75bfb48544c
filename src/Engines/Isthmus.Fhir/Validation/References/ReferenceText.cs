using System.Text;
using Isthmus.Fhir.Validation.Values;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation.References;

/// <summary>The text of a literal reference (FHIR R4 references.html#literal).</summary>
internal static class ReferenceText
{
    /// <summary>What stands between a resource and its version.</summary>
    public const string History = "/_history/";

    public static string WithoutVersion(string reference) =>
        reference.IndexOf(History, StringComparison.Ordinal) is var at and >= 0 ? reference[..at] : reference;

    public static bool IsAbsolute(string reference) =>
        reference.StartsWith("http://", StringComparison.Ordinal) || reference.StartsWith("https://", StringComparison.Ordinal) || reference.StartsWith("urn:", StringComparison.Ordinal);

    /// <summary>The service's address of a RESTful URL, <c>http://example.org/fhir/</c> of <c>http://example.org/fhir/Patient/1</c>; null if it is none.</summary>
    public static string? ServiceOf(string url)
    {
        var id = url.LastIndexOf('/');
        var type = id > 0 ? url.LastIndexOf('/', id - 1) : -1;
        return type > 0 && ResourceTree.IsResourceType(Encoding.UTF8.GetBytes(url[(type + 1)..id])) ? url[..(type + 1)] : null;
    }

    /// <summary>
    /// The resource type that a reference names: <c>Patient</c> of <c>Patient/1</c>, of <c>Patient/1/_history/2</c> and of a
    /// RESTful URL; empty where it names none.
    /// </summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> reference)
    {
        var history = reference.IndexOf("/_history/"u8);
        var plain = history >= 0 ? reference[..history] : reference;
        var slash = plain.LastIndexOf((byte)'/');
        if (slash <= 0 || PrimitiveFormat.Check(PrimitiveKind.Id, plain[(slash + 1)..]) is not null)
        {
            return [];
        }

        var before = plain[..slash];
        var start = before.LastIndexOf((byte)'/') + 1;
        var type = before[start..];
        var isRestful = start == 0 || before.StartsWith("http://"u8) || before.StartsWith("https://"u8);
        return isRestful && type.Length > 0 && char.IsAsciiLetterUpper((char)type[0]) ? type : [];
    }
}
