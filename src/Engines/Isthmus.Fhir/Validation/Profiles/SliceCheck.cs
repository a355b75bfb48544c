using System.Globalization;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>Sorts the occurrences of a sliced element into its slices and checks each slice (FHIR R4 profiling.html#slicing).</summary>
internal sealed class SliceCheck(FhirTape tape, FindingLog log, SliceMatch match, ProfileCheck profile)
{
    /// <summary>Checks all occurrences and returns how many there are.</summary>
    public int Check(ElementItem parent, int holder, ConstraintShape shape)
    {
        var slicing = shape.Slicing!;
        Span<int> counts = slicing.Slices.Length <= 64 ? stackalloc int[slicing.Slices.Length] : new int[slicing.Slices.Length];
        counts.Clear();
        var sorted = new Sorting(slicing);
        var position = 0;
        var items = new ItemCursor(tape, holder, shape.Names, shape.TypeOfName);
        while (items.MoveNext())
        {
            if (shape.ConstrainsValue)
            {
                profile.Value(items.Current, shape);
            }

            One(items.Current, position++, shape.Label, ref sorted, counts);
        }

        Counts(parent, shape.Label, slicing, counts, sorted);
        return position;
    }

    private void One(ElementItem item, int position, string label, ref Sorting sorted, Span<int> counts)
    {
        var slicing = sorted.Slicing;
        var slice = SliceOf(item, position, slicing, out var near);
        if (slice < 0)
        {
            sorted.Unsliced(near);
            if (slicing.Rules == SlicingRules.Closed && !near.Undecided)
            {
                log.Add(ProfileRules.NoSlice, item.Place, label, string.Join(", ", slicing.Slices.Select(candidate => candidate.Name)), near.Told(slicing));
            }

            return;
        }

        if (slicing.Ordered && slice < sorted.Last)
        {
            log.Add(ProfileRules.SliceOrder, item.Place, $"{label}:{slicing.Slices[slice].Name}");
        }

        if (slicing.Rules == SlicingRules.OpenAtEnd && sorted.AnyUnsliced)
        {
            log.Add(ProfileRules.SliceAtEnd, item.Place, label);
        }

        sorted.Last = Math.Max(sorted.Last, slice);
        counts[slice]++;
        if (slicing.Slices[slice].Content is { } content)
        {
            profile.Value(item, content);
            Resliced(item, counts[slice] - 1, content);
        }
    }

    /// <summary>A slice that is sliced again: its parts are told within it.</summary>
    private void Resliced(ElementItem item, int position, ConstraintShape content)
    {
        if (content.Slicing is not { } slicing)
        {
            return;
        }

        var slice = SliceOf(item, position, slicing, out var near);
        if (slice >= 0 && slicing.Slices[slice].Content is { } part)
        {
            profile.Value(item, part);
        }
        else if (slice < 0 && slicing.Rules == SlicingRules.Closed && !near.Undecided)
        {
            log.Add(ProfileRules.NoSlice, item.Place, content.Label, string.Join(", ", slicing.Slices.Select(candidate => candidate.Name)), near.Told(slicing));
        }
    }

    /// <summary>The first slice whose tests an occurrence passes, or -1 and the one it came nearest to.</summary>
    private int SliceOf(ElementItem item, int position, SlicingShape slicing, out NearSlice near)
    {
        near = new NearSlice();
        for (var i = 0; i < slicing.Slices.Length; i++)
        {
            var slice = slicing.Slices[i];
            if (!slice.Decidable)
            {
                near.Undecided = true;
                continue;
            }

            var passed = 0;
            var truth = true;
            foreach (var test in slice.Tests)
            {
                var answer = match.Passes(item, position, test);
                if (answer == true)
                {
                    passed++;
                    continue;
                }

                truth = false;
                near.Undecided |= answer is null;
                near.Offer(i, passed, test);
            }

            if (truth)
            {
                return i;
            }
        }

        return FhirNode.None;
    }

    private void Counts(ElementItem parent, string label, SlicingShape slicing, Span<int> counts, Sorting sorted)
    {
        for (var i = 0; i < slicing.Slices.Length; i++)
        {
            var slice = slicing.Slices[i];
            var name = $"{label}:{slice.Name}";
            if (counts[i] > slice.Max)
            {
                log.Add(ProfileRules.SliceTooMany, parent.Place, name, Text(slice.Max), Text(counts[i]));
            }
            else if (counts[i] < slice.Min && !slice.Decidable)
            {
                log.Add(ProfileRules.Undecidable, parent.Place, name);
            }
            else if (counts[i] < slice.Min && !sorted.Nearest.Undecided)
            {
                var found = $"at least {Text(slice.Min)} wanted, {Text(counts[i])} found";
                log.Add(ProfileRules.SliceTooFew, parent.Place, name, found, sorted.AnyUnsliced ? sorted.Nearest.Told(slicing) : "");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How far the sorting has come.</summary>
    private struct Sorting(SlicingShape slicing)
    {
        public readonly SlicingShape Slicing => slicing;

        public int Last { get; set; }

        public bool AnyUnsliced { get; private set; }

        public NearSlice Nearest { get; private set; } = new();

        public void Unsliced(NearSlice near)
        {
            AnyUnsliced = true;
            near.Undecided |= Nearest.Undecided;
            Nearest = near;
        }
    }
}
