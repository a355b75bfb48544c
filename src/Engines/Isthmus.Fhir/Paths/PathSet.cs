using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// Distinct items, gathered at one place of the stack. Few are compared one by one; many are found by hash,
/// so that a Bundle of 100,000 entries costs no quadratic time. Items that cannot be hashed consistently with
/// equality (dates, quantities, complex elements) share a hash, and the steps they cost are bounded.
/// A value, so that the usual few allocate nothing: keep it in a variable and do not copy it.
/// </summary>
internal struct PathSet
{
    private const int Few = 16;

    private readonly PathRun run;
    private readonly int first;
    private readonly int position;
    private Dictionary<int, int>? heads;
    private List<int>? chain;
    private int hashed;

    public PathSet(PathRun run, int first, int position)
    {
        this.run = run;
        this.first = first;
        this.position = position;
        hashed = first;
    }

    /// <summary>Keeps of the items from a place to the top those that are not yet in the set, which ends where they begin.</summary>
    public void Keep(int from)
    {
        var end = run.Count;
        var kept = from;
        for (var i = from; i < end && run.Spend(1, position); i++)
        {
            if (!Contains(run.Stack[i], kept))
            {
                run.Stack[kept++] = run.Stack[i];
            }
        }

        run.Count = kept;
    }

    /// <summary>Whether an item equals one of those from the set's beginning to a place.</summary>
    public bool Contains(in FhirPathValue item, int end)
    {
        if (end - first <= Few)
        {
            for (var i = first; i < end; i++)
            {
                if (PathEquality.Of(run, run.Stack[i], item, position) == PathTruth.True)
                {
                    return true;
                }
            }

            return false;
        }

        heads ??= [];
        chain ??= [];
        for (; hashed < end; hashed++)
        {
            var hash = HashOf(run.Stack[hashed]);
            chain.Add(heads.GetValueOrDefault(hash, -1));
            heads[hash] = hashed;
        }

        for (var i = heads.GetValueOrDefault(HashOf(item), -1); i >= 0 && run.Spend(1, position); i = chain[i - first])
        {
            if (PathEquality.Of(run, run.Stack[i], item, position) == PathTruth.True)
            {
                return true;
            }
        }

        return false;
    }

    private readonly int HashOf(in FhirPathValue value)
    {
        switch (PathSystem.FormOf(value))
        {
            case FhirForm.String when value.Kind == PathKind.String || value.Element.Kind == FhirKind.String:
                var hash = default(HashCode);
                if (value.Kind == PathKind.Element)
                {
                    var bytes = value.Element.Text;
                    run.Spend(bytes.Length / 64, position);
                    hash.AddBytes(bytes);
                }
                else
                {
                    hash.AddBytes(Encoding.UTF8.GetBytes((string)value.Reference!));
                }

                return hash.ToHashCode();
            case FhirForm.Integer or FhirForm.Decimal:
                return PathSystem.Of(value).AsDecimal() is { } number ? number.GetHashCode() : 0;
            case FhirForm.Boolean:
                return value.AsBoolean() is true ? 1 : 2;
            default:
                return 0;
        }
    }
}
