using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// <c>~</c> (FHIRPath 2.0.0 section 6.1.2): order does not matter, text is compared without case and with white space as one,
/// numbers to the precision of the less precise, and nothing is ever left open.
/// </summary>
internal static class PathEquivalence
{
    public static PathTruth OfCollections(PathRun run, int from, int middle, int position)
    {
        var count = middle - from;
        if (run.Count - middle != count)
        {
            return PathTruth.False;
        }

        var taken = count > 1 ? new bool[count] : null;
        for (var i = 0; i < count; i++)
        {
            var found = false;
            for (var j = 0; j < count && !found && run.Spend(1, position); j++)
            {
                found = taken?[j] is not true && Of(run, run.Stack[from + i], run.Stack[middle + j], position);
                if (found && taken is not null)
                {
                    taken[j] = true;
                }
            }

            if (!found)
            {
                return PathTruth.False;
            }
        }

        return PathTruth.True;
    }

    public static bool Of(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        var one = run.Read(left, position);
        var two = run.Read(right, position);
        return (one.Kind, two.Kind) switch
        {
            (PathKind.String, PathKind.String) => SameText((string)one.Reference!, (string)two.Reference!),
            (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal) => SameNumber(one.AsDecimal()!.Value, two.AsDecimal()!.Value),
            (PathKind.Time, PathKind.Time) or (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime) =>
                PathTime.Compare(one.Time, two.Time) == 0,
            (PathKind.Quantity, PathKind.Quantity) when run.SpendAsking(position) => PathQuantity.Equivalent(one, two),
            (PathKind.Element, PathKind.Element) => Deep(run, one.Element, two.Element, position),
            _ => PathEquality.Of(run, one, two, position) == PathTruth.True,
        };
    }

    public static bool SameNumber(decimal one, decimal two)
    {
        var digits = Math.Min(Scale(one), Scale(two));
        return Math.Round(one, digits, MidpointRounding.AwayFromZero) == Math.Round(two, digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>Digits after the point, without zeros at the end: the standard ignores those.</summary>
    private static int Scale(decimal number)
    {
        var scale = (int)number.Scale;
        while (scale > 0 && Math.Round(number, scale - 1) == number)
        {
            scale--;
        }

        return scale;
    }

    private static bool SameText(string one, string two)
    {
        int i = 0, j = 0;
        while (true)
        {
            var blankOne = SkipBlank(one, ref i);
            var blankTwo = SkipBlank(two, ref j);
            if (blankOne != blankTwo)
            {
                return false;
            }

            if (i == one.Length || j == two.Length)
            {
                return i == one.Length && j == two.Length;
            }

            if (char.ToLowerInvariant(one[i++]) != char.ToLowerInvariant(two[j++]))
            {
                return false;
            }
        }
    }

    private static bool SkipBlank(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at > from;
    }

    private static bool Deep(PathRun run, FhirElement left, FhirElement right, int position)
    {
        if (!run.Spend(1, position) || left.Kind != right.Kind)
        {
            return false;
        }

        switch (left.Kind)
        {
            case FhirKind.String:
                return SameText(left.AsString()!, right.AsString()!);
            case FhirKind.Number:
                return left.AsDecimal() is { } one && right.AsDecimal() is { } two ? SameNumber(one, two) : left.Text.SequenceEqual(right.Text);
            case FhirKind.Array:
                return SameItems(run, left, right, position);
            case FhirKind.Object:
                var properties = 0;
                foreach (var child in left)
                {
                    properties++;
                    if (!Deep(run, child, PathEquality.Counterpart(child, right), position))
                    {
                        return false;
                    }
                }

                return properties == right.Count;
            default:
                return true;
        }
    }

    private static bool SameItems(PathRun run, FhirElement left, FhirElement right, int position)
    {
        var others = new List<FhirElement>();
        foreach (var item in right)
        {
            others.Add(item);
        }

        foreach (var item in left)
        {
            var found = others.FindIndex(other => Deep(run, item, other, position));
            if (found < 0)
            {
                return false;
            }

            others.RemoveAt(found);
        }

        return others.Count == 0;
    }
}
