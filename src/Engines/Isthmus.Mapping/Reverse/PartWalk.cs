using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// A message map over the resources: (1) each part selects what it stands for, (2) its segment is filled by the maps of those names,
/// (3) its own parts follow. MSH is written last, when it is known whether the text goes beyond ASCII.
/// </summary>
internal sealed class PartWalk(ReverseRun run, ReverseMessage message)
{
    private static readonly Place CharacterSet = new(18, 1, 1, 1);

    private readonly SelectedResources selected = new(run);
    private readonly Focus?[] bound = new Focus?[message.Variables];
    private FhirElement patient;
    private FhirElement group;
    private FhirElement groupAround;
    private bool isWhole = true;

    /// <summary>The message; false, with a finding, if what it needs is not there.</summary>
    public bool Write(out ReadOnlyMemory<byte> bytes)
    {
        bound[0] = new Focus(run.Index.Bundle, "Bundle", run.Index.Bundle);
        var header = message.Parts[0];
        var msh = run.Output.Segment("MSH");
        WalkAll(message.Parts.AsSpan(1), 1, 1);
        foreach (var with in header.With)
        {
            Bind(with);
        }

        Fill(header, 1, 1);
        if (run.Sheet.HasBeyondAscii)
        {
            run.Sheet.Write(CharacterSet, "UNICODE UTF-8"u8);
        }

        run.Sheet.WriteTo(msh);
        run.Findings.AddRange(run.Output.Findings.Select(finding => new ReverseFinding(finding.RuleId, finding.Location.ToString(), finding.Text)));
        bytes = run.Output.ToArray();
        return isWhole;
    }

    /// <summary>
    /// Walks parts that stand side by side. Set ids count on from part to part, so that one kind of segment is numbered through; a segment
    /// that stands once in its group has the group's number.
    /// </summary>
    private void WalkAll(ReadOnlySpan<Part> parts, int number, int ordinal)
    {
        Dictionary<string, int>? counts = null;
        foreach (var part in parts)
        {
            if (part.Each is null)
            {
                Once(part, number, ordinal);
                continue;
            }

            var kind = part.Segment.Length > 0 || part.Has.Length == 0 ? part.Segment : part.Has[0].Segment;
            counts ??= new Dictionary<string, int>(StringComparer.Ordinal);
            counts[kind] = counts.GetValueOrDefault(kind) + Walk(part, part.Each, counts.GetValueOrDefault(kind));
        }
    }

    /// <summary>Walks a part once for each of what it selects; tells how often something was written.</summary>
    private int Walk(Part part, Selection each, int before)
    {
        var those = Select(each);
        if (those.Count == 0 && part.Needed)
        {
            isWhole = false;
            run.Findings.Add(new ReverseFinding(ReverseRules.ResourceMissing.Rule, each.Type ?? part.Segment, ReverseRules.ResourceMissing.Message));
        }

        if (those.Count > 1 && part.IsOnce)
        {
            isWhole = false;
            run.Findings.Add(new ReverseFinding(ReverseRules.ResourceSeveral.Rule, each.Type ?? part.Segment, ReverseRules.ResourceSeveral.Message));
        }

        var written = 0;
        var (around, inGroup, inGroupAround) = (patient, group, groupAround);
        for (var i = 0; i < those.Count; i++)
        {
            bound[each.Variable] = those[i];
            patient = those[i].Type == "Patient" ? those[i].Resource : around;
            if (part.Segment.Length == 0)
            {
                (group, groupAround) = (those[i].Resource, inGroup);
            }

            written += Once(part, before + written + 1, i + 1) ? 1 : 0;
        }

        bound[each.Variable] = null;
        (patient, group, groupAround) = (around, inGroup, inGroupAround);
        return written;
    }

    /// <summary>Whether anything was written.</summary>
    private bool Once(Part part, int number, int ordinal)
    {
        foreach (var with in part.With)
        {
            Bind(with);
        }

        var before = run.Output.SegmentCount;
        if (part.Segment.Length > 0)
        {
            Fill(part, number, ordinal);
            if (!run.Sheet.IsEmpty)
            {
                run.Sheet.WriteTo(run.Output.Segment(part.Segment));
            }
        }

        WalkAll(part.Has, number, ordinal);
        return run.Output.SegmentCount > before;
    }

    private void Bind(Selection with) => bound[with.Variable] = Select(with) is [var first, ..] ? first : null;

    private IReadOnlyList<Focus> Select(Selection selection) => selected.Of(selection, selection.Of < 0 ? null : bound[selection.Of]);

    private void Fill(Part part, int number, int ordinal)
    {
        run.Sheet.Clear();
        (run.SetId, run.Ordinal) = (number, ordinal);
        foreach (var (variable, map) in part.Fill)
        {
            if (bound[variable] is { } focus && (focus.Type == map.Type || variable == 0))
            {
                run.Fill(map, focus, default, null);
                run.Place(focus, patient, group == focus.Resource ? groupAround : group);
            }
        }
    }
}
