namespace Isthmus.Host.Bench;

/// <summary>HL7 v2 to FHIR JSON on one core: parse, translate, write the bundle, over an ORU with ten OBX.</summary>
internal static class ConvertBench
{
    private const double Bar = 10_000;

    public static IReadOnlyList<BenchResult> Run(DirectoryInfo site, TimeSpan lasting, CancellationToken cancel)
    {
        var load = new ConvertLoad(site);
        using var processor = PinnedProcess.Pin();
        var messages = Messages(256);
        var (rate, allocated) = load.Measure(messages, lasting, cancel);
        var bundle = load.BundleOf(messages[0]);
        return
        [
            BenchResult.AtLeast("ORU with 10 OBX to FHIR bundle, one core", rate, "messages/s", Bar, load.MeasureJsonAlone(bundle, lasting / 2, cancel)),
            BenchResult.Info("message", messages[0].Length, "bytes"),
            BenchResult.Info("bundle", bundle.Length, "bytes"),
            BenchResult.Info("allocated per message", allocated, "bytes"),
            BenchResult.Info("maps loaded and compiled in", load.Loading.TotalMilliseconds, "ms"),
        ];
    }

    /// <summary>The bundle of one message of the traffic.</summary>
    public static byte[] SampleBundle(DirectoryInfo site) => new ConvertLoad(site).BundleOf(Messages(1)[0]);

    /// <summary>Messages of the traffic without their frames.</summary>
    public static byte[][] Messages(int count)
    {
        var traffic = new SampleTraffic();
        return [.. Enumerable.Range(1, count).Select(i => traffic.Frame(i, i % 40)[1..^2])];
    }
}
