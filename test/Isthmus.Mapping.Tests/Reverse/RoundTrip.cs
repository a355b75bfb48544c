using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>HL7 v2 to FHIR, back to HL7 v2, and to FHIR again, by the library's maps alone: a site's tables may add codings on the way.</summary>
internal static class RoundTrip
{
    private static readonly MapSet Maps = MapSet.Load(MapLibrary.Files).Maps!;
    private static readonly Translator Translator = new(Maps);

    public static ReverseTranslator Writer { get; } = new(Maps);

    public static ReverseContext Context { get; } = new(Demo.Context.Now, Demo.Context.Source);

    /// <summary>The bundle that a message becomes.</summary>
    public static byte[] Forward(byte[] message)
    {
        using var translation = Translator.Translate(Demo.Parse(message), Demo.Context);
        return Demo.Bundle(translation);
    }

    /// <summary>Whether a period of the message ends before it starts: what cannot be is kept for people to see, and is not sent on.</summary>
    public static bool HoldsReversedPeriod(byte[] message)
    {
        using var translation = Translator.Translate(Demo.Parse(message), Demo.Context);
        return translation.Findings.Any(finding => finding.Rule == FindingRules.PeriodReversed.Rule);
    }

    public static ReverseTranslation Back(byte[] bundle, string? type = null) => Writer.Translate(FhirJsonReader.Read(bundle).Root, Context, type);

    /// <summary>A segment per line.</summary>
    public static string Lines(ReadOnlyMemory<byte> message) => Encoding.UTF8.GetString(message.Span).Replace('\r', '\n');

    /// <summary>Whether two bundles say the same; if not, what each says that the other does not, a property per line.</summary>
    public static void AssertSame(byte[] expected, byte[] actual, ReadOnlyMemory<byte> between)
    {
        var (one, other) = (BundleContent.Of(expected), BundleContent.Of(actual));
        var (lost, added) = (one.Except(other).ToList(), other.Except(one).ToList());
        if (lost.Count + added.Count + Math.Abs(one.Count - other.Count) > 0)
        {
            Assert.Fail($"{Lines(between)}\nexpected\n{Properties(lost)}\nbut was\n{Properties(added)}");
        }
    }

    private static string Properties(IEnumerable<string> resources) => string.Join("\n\n", resources).Replace(",\"", ",\n\"", StringComparison.Ordinal);
}
