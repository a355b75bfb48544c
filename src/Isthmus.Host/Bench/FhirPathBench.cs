using System.Text.Json;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;

namespace Isthmus.Host.Bench;

/// <summary>
/// Compiled FHIRPath over Patients that were read already: evaluations per second on one core, by the processor time of the
/// whole process as <see cref="FhirBench"/> takes it, and the bytes each allocates.
/// The limit beside them is System.Text.Json looking the same properties up in parsed documents.
/// </summary>
internal static class FhirPathBench
{
    private const double BytesBar = 300;
    private const int Batch = 20;
    private const int Measurements = 3;

    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Measuring = TimeSpan.FromMilliseconds(250);

    public static IEnumerable<BenchResult> Run(ReadOnlyMemory<byte>[] patients)
    {
        var roots = Array.ConvertAll(patients, static json => FhirJsonReader.Read(json).Root);
        var documents = Array.ConvertAll(patients, static json => JsonDocument.Parse(json).RootElement);
        (string Text, double Bar, Func<JsonElement, int> Limit)[] paths =
        [
            ("name.given", 3_000_000, static patient => Givens(patient, null)),
            ("name.where(use='official').given.first()", 700_000, static patient => Givens(patient, "official")),
        ];
        foreach (var (text, bar, look) in paths)
        {
            var expression = FhirPath.Compile(text).Expression!;
            var limit = PerSecond(documents, look).Rate;
            var (rate, bytes) = PerSecond(roots, patient => expression.Evaluate(patient).Count);
            yield return BenchResult.AtLeast($"FHIRPath {text}", rate, "evaluations/s", bar, limit);
            yield return BenchResult.AtMost($"FHIRPath {text}, allocated", bytes, "bytes each", BytesBar);
        }
    }

    private static (double Rate, double Bytes) PerSecond<T>(T[] inputs, Func<T, int> work)
    {
        Measure(inputs, work, Warming);
        return Enumerable.Range(0, Measurements).Select(_ => Measure(inputs, work, Measuring)).OrderBy(measured => measured.Rate).ElementAt(Measurements / 2);
    }

    private static (double Rate, double Bytes) Measure<T>(T[] inputs, Func<T, int> work, TimeSpan lasting)
    {
        long done = 0, sum = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var before = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        do
        {
            for (var i = 0; i < Batch; i++)
            {
                foreach (var input in inputs)
                {
                    sum += work(input);
                }
            }

            done += inputs.Length * (long)Batch;
            spent = Environment.CpuUsage.TotalTime - before;
        }
        while (spent < lasting);

        return sum == 0 ? (0, 0) : (done / spent.TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)done);
    }

    private static int Givens(JsonElement patient, string? use)
    {
        var count = 0;
        foreach (var name in patient.GetProperty("name"u8).EnumerateArray())
        {
            if (use is not null && !name.GetProperty("use"u8).ValueEquals(use))
            {
                continue;
            }

            foreach (var _ in name.GetProperty("given"u8).EnumerateArray())
            {
                count++;
            }
        }

        return count;
    }
}
