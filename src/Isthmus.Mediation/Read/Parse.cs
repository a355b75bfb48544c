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

        trail.Kind = MessageKinds.Of(read.Message);
        return new Parsed(context, read.Message);
    }

    internal static Finding Of(Hl7Finding finding) => new(
        finding.RuleId,
        finding.Severity == Hl7Severity.Warning ? Severity.Warning : Severity.Error,
        finding.Location.ToString(),
        finding.Text);
}
