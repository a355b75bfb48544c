using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;

namespace Isthmus.Mediation.Alarm;

/// <summary>
/// Looks for critical results in whatever parsed, before identity, consent or delivery: the alarm is raised even where
/// the message is then quarantined or held. It never stops a message.
/// </summary>
internal sealed class DetectCritical : Stage<Parsed, Parsed>
{
    /// <summary>A message with more critical results than this is broken, or an attack on those who would have to acknowledge each.</summary>
    private const int MostAlarms = 50;

    /// <summary>One frame holds one message; what a sender put behind it is looked through as far as honest mistakes go.</summary>
    private const int MostMessages = 20;

    public string Name => "detect-critical";

    public Verdict<Parsed> Run(Parsed context, Trail trail)
    {
        trail.DecidedBy = context.Opened.Contract.Id;
        var alarms = 0;
        var message = context.Message;
        for (var further = 0; message is not null && alarms <= MostAlarms && further < MostMessages; further++)
        {
            alarms = Raise(context, message, trail, alarms);
            message = message.Rest.IsEmpty ? null : new Hl7Reader().ReadPart(message.Rest, message).Message;
        }

        return context;
    }

    /// <summary>The alarms of one message; of a second one in the same frame with its own place and orders.</summary>
    private static int Raise(Parsed context, Hl7Message message, Trail trail, int alarms)
    {
        var terms = context.Opened.Contract.Critical;
        var filler = default(Hl7Field);
        foreach (var segment in message.Segments)
        {
            if (segment.Is("OBR"))
            {
                filler = segment.Field(3);
            }
            else if (segment.Is("OBX") && IsReported(segment) && Judge(segment, terms) is { } critical)
            {
                trail.Note(AlarmRules.Critical(segment.Location.ToString()));
                if (++alarms > MostAlarms)
                {
                    // One last task stands for it and all that follow: whoever takes it looks at the whole report.
                    trail.Note(AlarmRules.More);
                    trail.Raise(SignalOf(context, message, terms, segment, filler, critical) with { Subject = AlarmRules.MoreSubject });
                    break;
                }

                trail.Raise(SignalOf(context, message, terms, segment, filler, critical));
            }
        }

        return alarms;
    }

    /// <summary>A deleted or withdrawn result (OBX-11 D, W, X, N, O, I) is no result; a missing status is taken as one.</summary>
    private static bool IsReported(Hl7Segment obx) =>
        obx.Field(11).Value.Raw is not [(byte)'D' or (byte)'W' or (byte)'X' or (byte)'N' or (byte)'O' or (byte)'I', ..];

    private static Criticality? Judge(Hl7Segment obx, CriticalTerms terms)
    {
        (CriticalLimit Limit, string Code)[] limits = [.. LimitsFor(obx, terms)];
        foreach (var flag in obx.Field(8).Repetitions)
        {
            var text = flag.Value.GetText();
            if (terms.Flags.Contains(text))
            {
                return new Criticality("flag", text, limits.Length > 0 ? (limits[0].Limit.Name, limits[0].Code) : null);
            }
        }

        foreach (var (limit, code) in limits)
        {
            if (IsBeyond(obx, limit))
            {
                return new Criticality("limit", string.Empty, (limit.Name, code));
            }
        }

        return null;
    }

    /// <summary>The limits of the analyte, one for each unit in which the contract states them, with the code by which they know it.</summary>
    private static IEnumerable<(CriticalLimit Limit, string Code)> LimitsFor(Hl7Segment obx, CriticalTerms terms)
    {
        var coded = obx.Field(3).Repetition(1);
        var (code, system) = (coded.Component(1).Value.GetText(), coded.Component(3).Value.GetText());
        var (otherCode, otherSystem) = (coded.Component(4).Value.GetText(), coded.Component(6).Value.GetText());
        foreach (var limit in terms.Limits)
        {
            for (var i = 0; i < limit.Codes.Count; i++)
            {
                var analyte = limit.Codes[i];
                if ((analyte.Code == code && analyte.System == system) || (analyte.Code == otherCode && analyte.System == otherSystem))
                {
                    yield return (limit, analyte.Code);
                    break;
                }
            }
        }
    }

    /// <summary>A limit is compared in the unit it is stated in, exactly; a unit for which the contract states none is left to the sender's flag.</summary>
    private static bool IsBeyond(Hl7Segment obx, CriticalLimit limit)
    {
        var unit = obx.Field(6).Value.GetText();
        if (!string.Equals(unit, limit.Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var value = obx.Field(5).Value.Raw;
        if (obx.Field(2).Value.Raw.SequenceEqual("SN"u8))
        {
            value = obx.Field(5).Component(2).Value.Raw;
        }

        return Hl7Number.TryParse(value, out var number)
            && ((limit.Below is { } low && number.Value < low) || (limit.Above is { } high && number.Value > high));
    }

    private static Signal SignalOf(Parsed context, Hl7Message read, CriticalTerms terms, Hl7Segment obx, Hl7Field filler, Criticality critical)
    {
        var message = context.Opened.Message;
        var location = PointOfCare.Of(read, message.Site.Maps);
        var detail = JsonSerializer.Serialize(new
        {
            rule = AlarmRules.CriticalRule,
            by = critical.By,
            flag = critical.Flag,
            location = obx.Location.ToString(),
            contract = context.Opened.Contract.Id,
        });
        return new Signal(
            terms.Signal, KeyOf(message.Site.SignalKey, context, obx, filler), message.Id, Person: null, location,
            TestName.Of(obx, critical.Analyte, message.Site.Maps, message.Source), detail);
    }

    /// <summary>
    /// The business key of the occasion: order, test, and value. The same result sent again raises nothing new; a
    /// correction to another critical value does. A keyed hash, so that the key does not tell the value.
    /// </summary>
    private static string KeyOf(byte[] signalKey, Parsed context, Hl7Segment obx, Hl7Field filler)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, signalKey);
        foreach (var part in (ReadOnlySpan<ReadOnlyMemory<byte>>)
            [
                Encoding.UTF8.GetBytes(context.Opened.Message.Source),
                filler.RawMemory, obx.Field(3).RawMemory, obx.Field(4).RawMemory, obx.Field(5).RawMemory, obx.Field(6).RawMemory,
            ])
        {
            mac.AppendData(part.Span);
            mac.AppendData("\0"u8);
        }

        return Convert.ToHexStringLower(mac.GetHashAndReset().AsSpan(0, 16));
    }

    private sealed record Criticality(string By, string Flag, (string Name, string Code)? Analyte);
}
