using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;

namespace Isthmus.Mediation.Read;

/// <summary>A message as segments and fields.</summary>
internal sealed record Parsed(Opened Opened, Hl7Message Message);

/// <summary>Reads the bytes. A damaged message goes on as far as the alarm and is quarantined behind it.</summary>
internal sealed class Parse(ReaderPool readers) : Stage<Opened, Parsed>
{
    public string Name => "parse";

    public Verdict<Parsed> Run(Opened context, Trail trail)
    {
        var read = readers.Next().Read(context.Raw.Reveal());
        foreach (var finding in read.Findings)
        {
            trail.Note(Of(finding));
        }

        if (!read.IsReadable)
        {
            var fatal = read.Findings.First(f => f.Severity == Hl7Severity.Fatal);
            return Stop.Quarantine(Of(fatal));
        }

        NoteParts(read.Message, trail);
        trail.Kind = MessageKinds.Of(read.Message);
        return new Parsed(context, read.Message);
    }

    /// <summary>A message in several parts (HL7 v2.5.1 §2.10.2): DSC-1 says that another follows, ADD goes on in the middle of a field.</summary>
    private static void NoteParts(Hl7Message message, Trail trail)
    {
        if (Hl7Continuation.Goes(message))
        {
            trail.Note(ReadRules.Continued("DSC-1"));
        }
        else if (message.First("ADD").Exists)
        {
            trail.Note(ReadRules.Continued("ADD"));
        }
        else if (Hl7Continuation.Continues(message))
        {
            trail.Note(ReadRules.Continuation);
        }
    }

    internal static Finding Of(Hl7Finding finding) => new(
        finding.RuleId,
        finding.Severity == Hl7Severity.Warning ? Severity.Warning : Severity.Error,
        finding.Location.ToString(),
        finding.Text);
}
