using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Conform;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Persons;
using Isthmus.Mediation.Translate;
using Isthmus.Records;

namespace Isthmus.Mediation.Complete;

/// <summary>A message of which is known what is missing; its resources carry the mark where something critical is.</summary>
internal sealed record Completed(Translated Translated);

/// <summary>
/// Finds what the contract calls critical and the message does not bring. The message goes on, its record marked, while a person is
/// asked once for what is missing; a later message that brings it closes the task.
/// </summary>
internal sealed class CheckCompleteness : PreparedStage<Checked, Completed>
{
    /// <summary>Asked for in this batch: what is not committed yet is not among a person's open gaps.</summary>
    private readonly HashSet<(Guid Resource, string Field)> asked = [];

    public string Name => "complete";

    public Task PrepareAsync(IReadOnlyList<Checked> contexts, CancellationToken cancellation)
    {
        asked.Clear();
        return Task.CompletedTask;
    }

    public Verdict<Completed> Run(Checked conforming, Trail trail)
    {
        var context = conforming.Translated;
        var contract = context.Identified.Valid.Admitted.Opened.Contract;
        trail.DecidedBy = contract.Id;
        if (contract.Completeness.Critical.Count == 0 && context.Identified.Gaps.Count == 0)
        {
            return new Completed(context);
        }

        var message = context.Identified.Valid.Message;
        var marked = new HashSet<int>();
        var missing = new List<CriticalGap>();
        var opened = new List<OpenGap>();
        var type = $"{message.Msh.Field(9).Component(1).Value.GetText()}^{message.Msh.Field(9).Component(2).Value.GetText()}";
        foreach (var gap in contract.Completeness.Critical.Where(g => g.Messages.Count == 0 || g.Messages.Contains(type)))
        {
            foreach (var index in BearersOf(gap.Field, contract, context))
            {
                if (IsBrought(gap.Field, context, index, trail))
                {
                    continue;
                }

                marked.Add(index);
                var open = new OpenGap(context.Resources[index].Id, gap.Field.ToString(), contract.Name, trail.Message.Id);
                if (!context.Identified.Gaps.Any(g => g.Resource == open.Resource && g.Field == open.Field) && asked.Add((open.Resource, open.Field)))
                {
                    opened.Add(open);
                    missing.Add(gap);
                }
            }
        }

        foreach (var gap in context.Identified.Gaps.Where(g => Fills(g, contract, context, trail)))
        {
            trail.Filled.Add(gap);
            trail.Note(CompletenessRules.Filled(gap.Field));
        }

        if (opened.Count > 0)
        {
            Ask(trail, context.Identified, missing, opened);
        }

        return new Completed(marked.Count == 0
            ? context
            : context with { Resources = [.. context.Resources.Select((draft, i) => marked.Contains(i) ? SoftComplete.Mark(draft) : draft)] });
    }

    private static void Ask(Trail trail, Identified identified, List<CriticalGap> missing, List<OpenGap> opened)
    {
        trail.Opened.AddRange(opened);
        var fields = missing.DistinctBy(m => m.Field).ToArray();
        foreach (var gap in fields)
        {
            trail.Note(CompletenessRules.Gap(gap.Field.ToString()));
        }

        trail.Raise(Incompleteness.SignalOf(
            trail.Message, identified.Valid.Message, identified.Person, string.Join(", ", fields.Select(f => f.Field)), fields[0].Why));
    }

    /// <summary>The resources that the field becomes a part of; where the message made none of them, its patient.</summary>
    private static List<int> BearersOf(FieldLocation field, IntegrationContract contract, Translated context)
    {
        var elements = contract.Fields.Terms.FirstOrDefault(t => t.Source == field)?.Elements ?? [];
        var found = new List<int>();
        var patient = -1;
        for (var i = 0; i < context.Resources.Count; i++)
        {
            var type = context.Resources[i].Type;
            patient = patient < 0 && type == "Patient" ? i : patient;
            if (!ResourceTypes.IsShared(type) && elements.Any(e => e.StartsWith(type, StringComparison.Ordinal) && e[type.Length] == '.'))
            {
                found.Add(i);
            }
        }

        return found.Count > 0 || patient < 0 ? found : [patient];
    }

    /// <summary>Something is there, and nothing was found against it.</summary>
    private static bool IsBrought(FieldLocation at, Translated context, int index, Trail trail)
    {
        var message = context.Identified.Valid.Message;
        var origin = context.Origins[index];
        var segment = origin >= 0 && message.Segments[origin].Is(at.Segment) ? message.Segments[origin] : message.First(at.Segment);
        if (!segment.Exists)
        {
            return false;
        }

        var field = segment.Field(at.Field);
        if (at.Component == 0 ? field.IsEmpty || field.IsNull : field.Component(at.Component).IsEmpty)
        {
            return false;
        }

        var location = $"{segment.Location}-{at.Field}";
        return !trail.Findings.Any(f => f.Severity != Severity.Information && f.Rule.StartsWith("hl7.", StringComparison.Ordinal)
            && f.Location.StartsWith(location, StringComparison.Ordinal)
            && (f.Location.Length == location.Length || !char.IsAsciiDigit(f.Location[location.Length])));
    }

    /// <summary>A gap is filled by who said it was one, or by the authority on patients.</summary>
    private static bool Fills(OpenGap gap, IntegrationContract contract, Translated context, Trail trail)
    {
        if (!FieldLocation.TryParse(gap.Field, out var field)
            || (gap.Contract != contract.Name && contract.Identity.Demographics != DemographicStanding.Authoritative))
        {
            return false;
        }

        for (var i = 0; i < context.Resources.Count; i++)
        {
            if (context.Resources[i].Id == gap.Resource)
            {
                return IsBrought(field, context, i, trail);
            }
        }

        return false;
    }
}
