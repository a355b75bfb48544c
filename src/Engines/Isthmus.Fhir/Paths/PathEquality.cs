using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary><c>=</c> (FHIRPath 2.0.0 section 6.1.1).</summary>
internal static class PathEquality
{
    /// <summary>Two collections on the stack, item by item in order; empty if either is.</summary>
    public static PathTruth OfCollections(PathRun run, int from, int middle, int position)
    {
        var count = middle - from;
        if (count == 0 || run.Count == middle)
        {
            return PathTruth.Empty;
        }

        if (run.Count - middle != count)
        {
            return PathTruth.False;
        }

        var all = PathTruth.True;
        for (var i = 0; i < count && all != PathTruth.False && run.Spend(1, position); i++)
        {
            var one = Of(run, run.Stack[from + i], run.Stack[middle + i], position);
            all = one == PathTruth.True ? all : one;
        }

        return all;
    }

    /// <summary>Two items; empty where a partial date or an unknown unit leaves it open.</summary>
    public static PathTruth Of(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (TextOf(run, left, right, position) is { } text)
        {
            return text ? PathTruth.True : PathTruth.False;
        }

        var one = run.Read(left, position);
        var two = run.Read(right, position);
        return (one.Kind, two.Kind) switch
        {
            (PathKind.Boolean, PathKind.Boolean) => Truth(one.Whole == two.Whole),
            (PathKind.Integer, PathKind.Integer) => Truth(one.Whole == two.Whole),
            (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal) => Truth(one.AsDecimal() == two.AsDecimal()),
            (PathKind.String, PathKind.String) => Truth(string.Equals((string)one.Reference!, (string)two.Reference!, StringComparison.Ordinal)),
            (PathKind.Time, PathKind.Time) => Same(PathTime.Compare(one.Time, two.Time)),
            (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime) => Same(PathTime.Compare(one.Time, two.Time)),
            (PathKind.Quantity, PathKind.Quantity) when run.SpendAsking(position) => PathQuantity.Equal(one, two),
            (PathKind.Quantity, PathKind.Integer or PathKind.Decimal) => PathQuantity.Equal(one, new FhirPathValue(two.AsDecimal()!.Value, PathUnit.One)),
            (PathKind.Integer or PathKind.Decimal, PathKind.Quantity) => PathQuantity.Equal(new FhirPathValue(one.AsDecimal()!.Value, PathUnit.One), two),
            (PathKind.Type, PathKind.Type) => Truth(Equals(one.Reference, two.Reference)),
            (PathKind.Element or PathKind.ElementWithoutValue, PathKind.Element or PathKind.ElementWithoutValue) =>
                Truth(one.Kind == two.Kind && Deep(run, one.Element, two.Element, position)),
            _ => PathTruth.False,
        };
    }

    /// <summary>The texts of two strings, compared without making strings of them; null if either is none.</summary>
    private static bool? TextOf(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (right.Kind == PathKind.Element && left.Kind == PathKind.String)
        {
            return TextOf(run, right, left, position);
        }

        if (left.Kind != PathKind.Element || left.Type < 0 || FhirTypes.R4[left.Type].Form != FhirForm.String || left.Element.Kind != FhirKind.String)
        {
            return null;
        }

        var bytes = left.Element.Text;
        run.Spend(bytes.Length / 64, position);
        if (right.Kind == PathKind.String)
        {
            return Same(bytes, (string)right.Reference!);
        }

        return right.Kind == PathKind.Element && right.Type >= 0 && FhirTypes.R4[right.Type].Form == FhirForm.String && right.Element.Kind == FhirKind.String
            ? bytes.SequenceEqual(right.Element.Text)
            : null;
    }

    internal static bool Same(ReadOnlySpan<byte> utf8, string text) =>
        utf8.Length == text.Length ? Ascii.Equals(utf8, text) || (!Ascii.IsValid(utf8) && Encoding.UTF8.GetString(utf8) == text)
            : utf8.Length > text.Length && !Ascii.IsValid(utf8) && Encoding.UTF8.GetString(utf8) == text;

    /// <summary>Everything below two elements: properties in any order, items in theirs, numbers by value.</summary>
    private static bool Deep(PathRun run, FhirElement left, FhirElement right, int position)
    {
        if (!run.Spend(1, position) || left.Kind != right.Kind)
        {
            return false;
        }

        switch (left.Kind)
        {
            case FhirKind.String:
                return left.Text.SequenceEqual(right.Text);
            case FhirKind.Number:
                return left.Text.SequenceEqual(right.Text) || (left.AsDecimal() is { } one && right.AsDecimal() is { } two && one == two);
            case FhirKind.Array:
                var item = right.FirstChild;
                foreach (var child in left)
                {
                    if (!item.Exists || !Deep(run, child, item, position))
                    {
                        return false;
                    }

                    item = item.Next;
                }

                return !item.Exists;
            case FhirKind.Object:
                var properties = 0;
                foreach (var child in left)
                {
                    properties++;
                    if (!Deep(run, child, Counterpart(child, right), position))
                    {
                        return false;
                    }
                }

                return properties == right.Count;
            default:
                return true;
        }
    }

    /// <summary>The property of another object that has the same name.</summary>
    internal static FhirElement Counterpart(FhirElement property, FhirElement other)
    {
        var name = property.Tape!.Nodes[property.Index].Name;
        if (name >= 0)
        {
            return other.Tape!.Find(other.Index, name, property.IsSibling) is var found and >= 0 ? new FhirElement(other.Tape, found) : default;
        }

        foreach (var candidate in other)
        {
            if (candidate.IsSibling == property.IsSibling && candidate.Name.SequenceEqual(property.Name))
            {
                return candidate;
            }
        }

        return default;
    }

    private static PathTruth Truth(bool equal) => equal ? PathTruth.True : PathTruth.False;

    private static PathTruth Same(int? order) => order switch { null => PathTruth.Empty, 0 => PathTruth.True, _ => PathTruth.False };
}
