using System.Text.Json;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;

namespace Isthmus.Host.Bench;

/// <summary>
/// How fast the FHIR engine is on one core, by the processor time of the whole process, garbage collection included. The
/// machine's limit beside each figure is System.Text.Json parsing the same bytes and visiting every value.
/// </summary>
internal static class FhirBench
{
    // In processor time, so that a busy machine shortens neither: until the runtime has compiled its best, then several times.
    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Measuring = TimeSpan.FromMilliseconds(250);
    private const int Measurements = 3;

    public static IEnumerable<BenchResult> Run(CancellationToken cancellation)
    {
        foreach (var result in FhirStart.Measure(cancellation))
        {
            yield return result;
        }

        using var core = PinnedProcess.Pin();
        var samples = FhirSamples.Create();
        foreach (var (name, documents) in new[] { ("Patient", samples.Patients), ("Observation", samples.Observations), ("Bundle of 50 entries", samples.Bundles), ("US Core Patient", samples.UsCorePatients) })
        {
            var limit = Walk(documents);
            yield return BenchResult.Info($"{name}, size", FhirSamples.Size(documents), "bytes");
            yield return BenchResult.Info($"{name}, read", PerSecond(documents, static json => Read(json, null)), "resources/s", limit);
            var tape = new FhirTape();
            yield return BenchResult.Info("  onto a tape used again", PerSecond(documents, json => Read(json, tape)), "resources/s", limit);
            if (documents != samples.Bundles)
            {
                yield return BenchResult.Info("  and all search values taken out", PerSecond(documents, Extraction(tape)), "resources/s", limit);
            }
        }

        foreach (var result in FhirValidateBench.Run(samples).Concat(FhirTerminologyBench.Run()))
        {
            yield return result;
        }

        foreach (var result in FhirPathBench.Run(samples.Patients))
        {
            yield return result;
        }
    }

    /// <summary>The limit: parse and visit every value.</summary>
    public static double Walk(ReadOnlyMemory<byte>[] documents) => PerSecond(documents, static json =>
    {
        using var document = JsonDocument.Parse(json);
        return Visit(document.RootElement);
    });

    /// <summary>How many documents a second the work takes, warm; the median of some measurements.</summary>
    public static double PerSecond(ReadOnlyMemory<byte>[] documents, Func<ReadOnlyMemory<byte>, long> work)
    {
        Measure(documents, work, Warming);
        return Enumerable.Range(0, Measurements).Select(_ => Measure(documents, work, Measuring)).Order().ElementAt(Measurements / 2);
    }

    private static long Read(ReadOnlyMemory<byte> json, FhirTape? tape) => FhirJsonReader.Read(json, into: tape).Root.Exists ? 1 : 0;

    private static Func<ReadOnlyMemory<byte>, long> Extraction(FhirTape tape)
    {
        var index = SearchIndex.Of(DefinitionSet.R4);
        var values = new List<SearchValue>();
        return json =>
        {
            values.Clear();
            index.Extract(FhirJsonReader.Read(json, into: tape).Root, TimeSpan.Zero, values);
            return values.Count;
        };
    }

    private static double Measure(ReadOnlyMemory<byte>[] documents, Func<ReadOnlyMemory<byte>, long> work, TimeSpan lasting)
    {
        long done = 0, sum = 0;
        var before = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        do
        {
            foreach (var document in documents)
            {
                sum += work(document);
            }

            done += documents.Length;
            spent = Environment.CpuUsage.TotalTime - before;
        }
        while (spent < lasting);

        return sum == 0 ? 0 : done / spent.TotalSeconds;
    }

    private static long Visit(JsonElement element)
    {
        long count = 1;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    count += Visit(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    count += Visit(item);
                }

                break;
        }

        return count;
    }
}
