using System.Globalization;
using System.Text;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>What is mapped out and back is the same: to FHIR, to HL7 v2, to FHIR again.</summary>
public sealed class RoundTripProperties
{
    /// <summary>Messages of each type; the long form of the tests tries forty times as many.</summary>
    private static readonly int Count = Environment.GetEnvironmentVariable("ISTHMUS_TEST_ALL") == "1" ? 2000 : 50;

    public static TheoryData<string> Types => [.. MessageGenerator.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_comes_back_with_everything_that_was_mapped(string type)
    {
        for (var seed = 1; seed <= Count; seed++)
        {
            var message = new MessageGenerator(seed).Next(type);
            Assert.True(RoundTrip.Back(RoundTrip.Forward(message.Bytes)).IsWritten);
            if (Difference(message) is not null)
            {
                var least = message.Shrink(smaller => Difference(smaller) is not null);
                Assert.Fail($"seed {seed}\n{Encoding.UTF8.GetString(least.Bytes).Replace('\r', '\n')}\n{Difference(least)}");
            }
        }
    }

    private static string? Difference(GeneratedMessage message)
    {
        var bytes = message.Bytes;
        if (Hl7Message.Parse(bytes).Message is not { } sent || RoundTrip.HoldsReversedPeriod(bytes))
        {
            return null;
        }

        var bundle = RoundTrip.Forward(bytes);
        var back = RoundTrip.Back(bundle);
        if (!back.IsWritten)
        {
            return null;
        }

        try
        {
            RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
        }
        catch (Xunit.Sdk.FailException difference)
        {
            return difference.Message;
        }

        return Fields(sent, Hl7Message.Parse(back.Message).Message!);
    }

    /// <summary>Parts whose text both directions keep as it is, dates apart, which become as precise as FHIR has them.</summary>
    private static readonly Dictionary<string, int[]> Kept = new(StringComparer.Ordinal)
    {
        ["PID"] = [3, 5, 7, 8, 23, 24, 26, 29], ["MRG"] = [7], ["OBR"] = [2, 3, 4, 7, 8, 16, 22, 24, 25, 31], ["NTE"] = [], ["OBX"] = [3, 4, 11, 14, 17, 19],
        ["SPM"] = [2, 8, 14, 17, 18], ["SCH"] = [1, 2, 6, 7], ["TQ1"] = [9], ["AIS"] = [3, 4, 7, 8, 10, 11], ["AIL"] = [6, 9, 12], ["AIP"] = [12], ["TXA"] = [4, 6, 9, 10, 12, 25], ["RXA"] = [3, 4, 5, 10, 15, 16, 18, 19, 20, 21], ["AL1"] = [3], ["DG1"] = [3, 5, 20],
    };

    private static string? Fields(Hl7Message sent, Hl7Message written)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var offset = Hl7DefaultOffset.Of(sent, Demo.Context.Zone);
        foreach (var segment in sent.Segments)
        {
            counts[segment.Name] = counts.GetValueOrDefault(segment.Name) + 1;
            // With orders OBR-7 and what OBX is called in documents and immunizations are the standard's to say.
            if (!Kept.TryGetValue(segment.Name, out var fields) || (segment.Name is "OBX" or "OBR" && !sent.Msh[9].GetText().StartsWith("ORU", StringComparison.Ordinal)))
            {
                continue;
            }

            var other = written.All(segment.Name).Skip(counts[segment.Name] - 1).FirstOrDefault();
            foreach (var number in fields)
            {
                if (Part(segment.Field(number), other.Field(number), offset) is { } place)
                {
                    return $"{place} is not the same:\n{RoundTrip.Lines(written.Raw)}";
                }
            }
        }

        return null;
    }

    private static Hl7Location? Part(Hl7Field one, Hl7Field other, TimeSpan? offset)
    {
        for (var repetition = 1; repetition <= (one.Exists ? one.RepetitionCount : 0); repetition++)
        {
            var (here, there) = (one.Repetition(repetition), other.Repetition(repetition));
            for (var component = 1; component <= here.ComponentCount; component++)
            {
                for (var sub = 1; sub <= here.Component(component).SubcomponentCount; sub++)
                {
                    var (text, back) = (here.Component(component).Subcomponent(sub), there.Component(component).Subcomponent(sub));
                    if (!text.IsEmpty && !Same(text.GetText(), back.GetText(), offset))
                    {
                        return text.Location;
                    }
                }
            }
        }

        return null;
    }

    private static bool Same(string sent, string written, TimeSpan? offset) =>
        sent == written || (Instant(sent, offset) is { } one && one == Instant(written, offset));

    /// <summary>A time without an offset has that of MSH-7, and all that is written has one.</summary>
    private static string? Instant(string text, TimeSpan? offset) =>
        !Hl7DateTime.TryParse(Encoding.UTF8.GetBytes(text), out var date) ? null
        : date is { Offset: null, Precision: >= Hl7Precision.Hour } && offset is { } stated ? Instant($"{text}{(stated < TimeSpan.Zero ? '-' : '+')}{stated:hhmm}", null)
        : date.ToFhirDateTime(Demo.Context.Zone).Text.ToString(CultureInfo.InvariantCulture);
}
