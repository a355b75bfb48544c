using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Phi;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;

namespace Isthmus.Mediation.Admit;

/// <summary>A message that holds nothing its contract does not list.</summary>
internal sealed record Admitted(Opened Opened, Hl7Message Message);

/// <summary>
/// The field-level contract. A populated field without a term is held: it stays in the journal and is blanked before
/// anything downstream sees the message, so that it cannot be forwarded by mistake. A prohibited one quarantines.
/// </summary>
internal sealed class AdmitFields(ReaderPool readers) : Stage<Parsed, Admitted>
{
    public string Name => "admit";

    public Verdict<Admitted> Run(Parsed context, Trail trail)
    {
        var contract = context.Opened.Contract;
        trail.DecidedBy = contract.Id;
        if (context.Opened.Message.Attempts > ReadRules.MostAttempts)
        {
            return Stop.Quarantine(ReadRules.AttemptsExhausted);
        }

        List<(int Start, int Length)>? held = null;
        foreach (var segment in context.Message.Segments)
        {
            var rules = contract.Fields.For(segment.Raw.Length >= 3 ? segment.Raw[..3] : []);
            if (rules is null)
            {
                trail.Note(AdmitRules.SegmentUnlisted(segment.Location.ToString()));
                (held ??= []).Add((segment.Offset, segment.Raw.Length));
                continue;
            }

            if (CheckSegment(segment, rules, trail, ref held) is { } stop)
            {
                return stop;
            }
        }

        if (held is null)
        {
            return new Admitted(context.Opened, context.Message);
        }

        return Without(held, context.Message) is { } rest ? new Admitted(context.Opened, rest) : Stop.Quarantine(AdmitRules.HeaderUnlisted);
    }

    private static Stop? CheckSegment(Hl7Segment segment, SegmentRules rules, Trail trail, ref List<(int Start, int Length)>? held)
    {
        var before = held?.Count ?? 0;
        var (speaks, hasFirst) = (false, false);
        for (var number = segment.Is("MSH") ? 3 : 1; number <= segment.FieldCount; number++)
        {
            var field = segment.Field(number);
            if (field.IsEmpty)
            {
                continue;
            }

            if (rules.ByComponent(number))
            {
                if (CheckComponents(field, number, rules, trail, ref held, out var anyKept) is { } stop)
                {
                    return stop;
                }

                (speaks, hasFirst) = number == 1 ? (speaks, anyKept) : (speaks || anyKept, hasFirst);
                continue;
            }

            switch (rules.Field(number)?.Rule)
            {
                case FieldRule.Prohibited:
                    return Stop.Quarantine(AdmitRules.Prohibited(field.Location.ToString()));
                case (null or FieldRule.Unconfirmed) and var rule:
                    trail.Note(rule is null ? AdmitRules.FieldUnlisted(field.Location.ToString()) : AdmitRules.FieldUnconfirmed(field.Location.ToString()));
                    (held ??= []).Add((field.Offset, field.Raw.Length));
                    break;
                default:
                    (speaks, hasFirst) = number == 1 ? (speaks, true) : (true, hasFirst);
                    break;
            }
        }

        if (held?.Count > before && !speaks && !(hasFirst && !IsSetId(segment)))
        {
            // Nothing is left but its number: an empty statement that somebody would read as one.
            held.RemoveRange(before, held.Count - before);
            held.Add((segment.Offset, segment.Raw.Length));
        }

        foreach (var term in rules.Required)
        {
            var at = term.Source!.Value;
            var field = segment.Field(at.Field);
            if (at.Component == 0 ? field.IsEmpty : field.Component(at.Component).IsEmpty)
            {
                var finding = AdmitRules.Missing($"{segment.Location}-{at.Field}{(at.Component == 0 ? "" : $".{at.Component}")}");
                if (term.Missing == MissingBehaviour.Quarantine)
                {
                    return Stop.Quarantine(finding);
                }

                trail.Note(finding);
            }
        }

        return null;
    }

    /// <summary>Whether a segment's first field only counts it among its kind.</summary>
    private static bool IsSetId(Hl7Segment segment) => Hl7Definitions.Segment(segment.Name)?.Field(1)?.DataType.Newest == "SI";

    private static Stop? CheckComponents(
        Hl7Field field, int number, SegmentRules rules, Trail trail, ref List<(int Start, int Length)>? held, out bool anyKept)
    {
        anyKept = false;
        foreach (var repetition in field.Repetitions)
        {
            for (var c = 1; c <= repetition.ComponentCount; c++)
            {
                var component = repetition.Component(c);
                if (component.IsEmpty)
                {
                    continue;
                }

                switch (rules.Component(number, c)?.Rule)
                {
                    case FieldRule.Prohibited:
                        return Stop.Quarantine(AdmitRules.Prohibited(component.Location.ToString()));
                    case (null or FieldRule.Unconfirmed) and var rule:
                        trail.Note(rule is null ? AdmitRules.FieldUnlisted(component.Location.ToString()) : AdmitRules.FieldUnconfirmed(component.Location.ToString()));
                        (held ??= []).Add((component.Offset, component.Raw.Length));
                        break;
                    default:
                        anyKept = true;
                        break;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The message without the held stretches; null when none is left without them. Their delimiters stay, so every other
    /// field keeps its number.
    /// </summary>
    private Hl7Message? Without(List<(int Start, int Length)> held, Hl7Message message)
    {
        var raw = message.Raw.Span;
        var kept = new byte[raw.Length - held.Sum(h => h.Length)];
        var (from, to) = (0, 0);
        foreach (var (start, length) in held.OrderBy(h => h.Start))
        {
            raw[from..start].CopyTo(kept.AsSpan(to));
            to += start - from;
            from = start + length;
        }

        raw[from..].CopyTo(kept.AsSpan(to));
        return readers.Next().ReadPart(new PhiBytes(kept).Reveal(), message).Message;
    }
}
