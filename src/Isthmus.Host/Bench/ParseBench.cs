using System.Numerics;
using System.Runtime.Intrinsics;
using Isthmus.Hl7v2;
using Isthmus.Simulators.Lab;

namespace Isthmus.Host.Bench;

/// <summary>
/// How fast HL7 v2 is read on one core: every segment, field, repetition, component, sub-component and escape located.
/// The machine's limit beside it is one vector pass over the same bytes that only counts delimiters.
/// </summary>
internal static class ParseBench
{
    private const double AdmissionsPerSecond = 300_000;

    /// <summary>Different messages, so that the branch predictor cannot learn one by heart.</summary>
    private const int Messages = 2_000;

    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Measuring = TimeSpan.FromMilliseconds(900);

    public static IEnumerable<BenchResult> Run()
    {
        foreach (var figure in Reading())
        {
            yield return figure;
        }

        using var core = PinnedProcess.Pin();
        var admissions = AdmissionTraffic.Create(Messages);
        var results = new OruGenerator(20, SyntheticPopulation.Create(20, 500));
        ReadOnlyMemory<byte>[] reports = [.. Enumerable.Range(0, Messages).Select(_ => results.Next().Bytes)];
        var reader = new Hl7Reader();
        yield return BenchResult.Info("ADT read, then every part asked for by its number", PerSecond(admissions, message => Visit(reader.Read(message).Message!)), "messages/s");
        yield return BenchResult.Info("ORU of 10 OBX read", PerSecond(reports, message => reader.Read(message).Message!.Segments.Count), "messages/s");
        yield return BenchResult.Info("ADT header peeked", PerSecond(admissions, static message => Hl7Peek.TryRead(message.Span, out var header) ? header.ControlId.Length : 0), "messages/s");
        var hash = new byte[ContentHash.Length];
        yield return BenchResult.Info("ADT content hashed", PerSecond(admissions, message => Hash(message, hash)), "messages/s");
    }

    /// <summary>The figures that have a bar: nothing is left for later, for the lengths of all parts and escapes are added up.</summary>
    public static IEnumerable<BenchResult> Reading()
    {
        using var core = PinnedProcess.Pin();
        var admissions = AdmissionTraffic.Create(Messages);
        var reader = new Hl7Reader();

        var limit = PerSecond(admissions, static message => CountDelimiters(message.Span));
        var read = PerSecond(admissions, message => Lengths(reader.Read(message).Message!));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var message in admissions)
        {
            Lengths(reader.Read(message).Message!);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var bytes = admissions.Average(message => (double)message.Length);

        yield return BenchResult.AtLeast("ADT read, lengths of every part and escape added up", read, "messages/s", AdmissionsPerSecond, limit);
        yield return BenchResult.Info("  that is", read * bytes / 1e6, "MB/s");
        yield return BenchResult.Info("  size of a message", bytes, "bytes");
        yield return BenchResult.AtMost("  allocated per message", (double)allocated / admissions.Length, "bytes", 0);
        yield return BenchResult.Info("ADT read", PerSecond(admissions, message => reader.Read(message).Message!.Segments.Count), "messages/s");
    }

    private static double PerSecond(ReadOnlyMemory<byte>[] messages, Func<ReadOnlyMemory<byte>, long> work)
    {
        Measure(messages, work, Warming);
        return Measure(messages, work, Measuring);
    }

    private static double Measure(ReadOnlyMemory<byte>[] messages, Func<ReadOnlyMemory<byte>, long> work, TimeSpan lasting)
    {
        long done = 0, sum = 0;
        var before = ProcessorTime.Now;
        do
        {
            foreach (var message in messages)
            {
                sum += work(message);
            }

            done += messages.Length;
        }
        while (ProcessorTime.Now - before < lasting);

        var perSecond = done / (ProcessorTime.Now - before).TotalSeconds;
        return sum == 0 ? 0 : perSecond;
    }

    private static long Hash(ReadOnlyMemory<byte> message, byte[] hash)
    {
        ContentHash.Compute(message.Span, ContentHash.TransportFields, hash);
        return hash[0] + 1;
    }

    /// <summary>Every innermost part and every escape sequence located; the sum cannot be had without.</summary>
    private static long Lengths(Hl7Message message)
    {
        long sum = 0;
        foreach (ref readonly var part in message.Parts)
        {
            sum += part.Length + ((long)part.EscapeLength << 20) + ((long)part.Escapes << 40);
        }

        return sum;
    }

    private static long Visit(Hl7Message message)
    {
        long parts = 0;
        foreach (var segment in message.Segments)
        {
            for (var number = 1; number <= segment.FieldCount; number++)
            {
                foreach (var repetition in segment[number].Repetitions)
                {
                    var components = repetition.ComponentCount;
                    for (var component = 1; component <= components; component++)
                    {
                        parts += repetition.Component(component).SubcomponentCount;
                    }
                }
            }
        }

        return parts;
    }

    private static long CountDelimiters(ReadOnlySpan<byte> text)
    {
        long count = 0;
        for (; text.Length >= Vector256<byte>.Count; text = text[Vector256<byte>.Count..])
        {
            var bytes = Vector256.Create(text);
            var marks = Vector256.Equals(bytes, Vector256.Create((byte)'|')) | Vector256.Equals(bytes, Vector256.Create((byte)'^'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'~')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'&')) | Vector256.Equals(bytes, Vector256.Create((byte)'\r'));
            count += BitOperations.PopCount(marks.ExtractMostSignificantBits());
        }

        return count;
    }
}
