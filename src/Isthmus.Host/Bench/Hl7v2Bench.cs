using System.Text;

namespace Isthmus.Host.Bench;

/// <summary>
/// HL7 v2 on one core: read with everything located, then translated to FHIR JSON, for the three messages that others
/// quote their figures for.
/// </summary>
internal static class Hl7v2Bench
{
    private const double AdmissionsPerSecond = 15_000;
    private const double ResultsPerSecond = 10_000;
    private const double LongResultsPerSecond = 2_500;

    /// <summary>About what a panel of eighty analytes takes.</summary>
    private const int LongResult = 10_000;

    private const int Messages = 256;

    public static IEnumerable<BenchResult> Run(DirectoryInfo site, TimeSpan lasting, CancellationToken cancel)
    {
        foreach (var figure in ParseBench.Reading())
        {
            yield return figure;
        }

        var load = new ConvertLoad(site);
        using var core = PinnedProcess.Pin();
        var results = ConvertBench.Messages(Messages);
        byte[][] admissions = [.. AdmissionTraffic.Create(Messages).Select(message => message.ToArray())];
        (string Name, byte[][] Messages, double Bar)[] loads =
        [
            ("ADT_A01 of 1.5 kB to FHIR JSON", admissions, AdmissionsPerSecond),
            ("ORU of 10 OBX to FHIR JSON", results, ResultsPerSecond),
            ("ORU of 10 kB to FHIR JSON", [.. results.Select(Lengthened)], LongResultsPerSecond),
        ];
        foreach (var (name, messages, bar) in loads)
        {
            var (rate, allocated) = load.Measure(messages, lasting, cancel);
            var bundle = load.BundleOf(messages[0]);
            yield return BenchResult.AtLeast(name, rate, "messages/s", bar, load.MeasureJsonAlone(bundle, lasting / 4, cancel));
            yield return BenchResult.Info("  size of a message", messages.Average(static message => (double)message.Length), "bytes");
            yield return BenchResult.Info("  size of a bundle", bundle.Length, "bytes");
            yield return BenchResult.Info("  allocated per message", allocated, "bytes");
        }

        byte[][] bundles = [.. results.Select(load.BundleOf)];
        var (back, taken) = load.MeasureReverse(bundles, lasting, cancel);
        yield return BenchResult.Info("FHIR of 10 OBX back to HL7 v2", back, "messages/s");
        yield return BenchResult.Info("  allocated per message", taken, "bytes");
    }

    /// <summary>The same result with its observations again, numbered on, until the message is long enough.</summary>
    private static byte[] Lengthened(byte[] message)
    {
        var text = new StringBuilder(Encoding.ASCII.GetString(message));
        string[][] observations = [.. text.ToString().Split('\r').Where(static line => line.StartsWith("OBX|", StringComparison.Ordinal)).Select(static line => line.Split('|'))];
        for (var number = observations.Length; text.Length < LongResult; number++)
        {
            var observation = observations[number % observations.Length];
            text.Append("OBX|").Append(number + 1).Append('|').AppendJoin('|', observation[2..]).Append('\r');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
