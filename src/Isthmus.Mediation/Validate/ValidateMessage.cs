using System.Collections.Frozen;
using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;

namespace Isthmus.Mediation.Validate;

/// <summary>A message whose structure can be trusted; single bad fields are noted and live with it.</summary>
internal sealed record Valid(Admitted Admitted)
{
    public Hl7Message Message => Admitted.Message;
}

/// <summary>
/// Structure and business rules. What puts the whole message in doubt quarantines it: damage that may have moved content
/// from one field or message into another, or a message without the segments that make it one.
/// </summary>
internal sealed class ValidateMessage : Stage<Admitted, Valid>
{
    private static readonly FrozenSet<string> Doubtful = new[]
    {
        Hl7Rules.MshRepeated, Hl7Rules.DelimitersChanged, Hl7Rules.StartBlockInside, Hl7Rules.MshPreceded, Hl7Rules.CharsetUnsupported, Hl7Rules.SegmentNameInvalid,
        Hl7Rules.EncodingCharacters, Hl7Rules.TooManyFindings, ReadRules.PartOfSeveral,
    }.ToFrozenSet(StringComparer.Ordinal);

    public string Name => "validate";

    public Verdict<Valid> Run(Admitted context, Trail trail)
    {
        foreach (var finding in trail.Findings)
        {
            if (Doubtful.Contains(finding.Rule))
            {
                return Stop.Quarantine(finding with { Severity = Severity.Error });
            }
        }

        var message = context.Message;
        if (Fault(message) is { } fault)
        {
            return Stop.Quarantine(fault);
        }

        if (Hl7DefaultOffset.Of(message, context.Opened.Contract.Source.Zone) is not null)
        {
            trail.Note(ValidationRules.HeaderZone);
        }

        CheckResults(message, trail);
        return new Valid(context);
    }

    private static Finding? Fault(Hl7Message message) =>
        RequiredSegments.MissingFrom(message) is { } missing ? ValidationRules.SegmentMissing(missing)
        : message.Next("PID", message.First("PID").Index + 1).Exists ? ValidationRules.SeveralPatients
        : MessageKinds.Of(message) == MessageKind.Merge && message.Next("MRG", message.First("MRG").Index + 1).Exists ? ValidationRules.SeveralMerged
        : null;

    private static void CheckResults(Hl7Message message, Trail trail)
    {
        foreach (var obx in message.All("OBX"))
        {
            if (obx.Field(3).IsEmpty)
            {
                trail.Note(ValidationRules.ResultWithoutCode(obx.Location.ToString()));
            }

            if (obx.Field(2).Value.Raw.SequenceEqual("NM"u8) && obx.Field(5).Value is { IsEmpty: false, IsNull: false } value
                && !Hl7Number.TryParse(value.Raw, out _))
            {
                trail.Note(ValidationRules.NotANumber($"{obx.Location}-5"));
            }
        }
    }
}
