namespace Isthmus.Fhir.Paths;

/// <summary>Functions on whole collections: existence, subsetting, combining (FHIRPath 2.0.0 sections 5.1, 5.3, 5.4).</summary>
internal static class CollectionFunctions
{
    public static void Count(PathRun run, int from, int position)
    {
        var count = run.Count - from;
        run.Count = from;
        run.Push(new FhirPathValue((long)count));
    }

    public static void First(PathRun run, int from, int position) => run.Count = Math.Min(run.Count, from + 1);

    public static void Last(PathRun run, int from, int position)
    {
        if (run.Count > from + 1)
        {
            run.Stack[from] = run.Stack[run.Count - 1];
            run.Count = from + 1;
        }
    }

    public static void Tail(PathRun run, int from, int position) => run.Drop(from, Math.Min(from + 1, run.Count));

    public static void Single(PathRun run, int from, int position) => run.Single(from, position, out _);

    public static void Distinct(PathRun run, int from, int position)
    {
        var set = new PathSet(run, from, position);
        set.Keep(from);
    }

    public static void IsDistinct(PathRun run, int from, int position)
    {
        var count = run.Count;
        Distinct(run, from, position);
        var distinct = run.Count == count;
        run.Count = from;
        run.Push(distinct);
    }

    public static void AllTrue(PathRun run, int from, int position) => PushAll(run, from, true, position);

    public static void AllFalse(PathRun run, int from, int position) => PushAll(run, from, false, position);

    public static void AnyTrue(PathRun run, int from, int position) => PushAny(run, from, true, position);

    public static void AnyFalse(PathRun run, int from, int position) => PushAny(run, from, false, position);

    /// <summary><c>|</c> and <c>union()</c>: each once.</summary>
    public static void Union(PathRun run, int from, int middle, int position) => Distinct(run, from, position);

    public static void Combine(PathRun run, int from, int middle, int position)
    {
        // Both lie one above the other already.
    }

    public static void Intersect(PathRun run, int from, int middle, int position)
    {
        Select(run, from, middle, wanted: true, position);
        Distinct(run, from, position);
    }

    public static void Exclude(PathRun run, int from, int middle, int position) => Select(run, from, middle, wanted: false, position);

    public static void SubsetOf(PathRun run, int from, int middle, int position)
    {
        var subset = IsSubset(run, from, middle, middle, run.Count, position);
        run.Count = from;
        run.Push(subset);
    }

    public static void SupersetOf(PathRun run, int from, int middle, int position)
    {
        var superset = IsSubset(run, middle, run.Count, from, middle, position);
        run.Count = from;
        run.Push(superset);
    }

    public static void Skip(PathRun run, int from, int middle, int position)
    {
        if (Number(run, middle, position) is { } number)
        {
            run.Count = middle;
            run.Drop(from, (int)Math.Clamp(from + number, from, middle));
        }
        else
        {
            run.Count = from;
        }
    }

    public static void Take(PathRun run, int from, int middle, int position) =>
        run.Count = Number(run, middle, position) is { } number ? (int)Math.Clamp(from + number, from, middle) : from;

    private static long? Number(PathRun run, int from, int position)
    {
        if (!run.Single(from, position, out var value))
        {
            return null;
        }

        value = PathSystem.Of(value);
        if (value.Kind != PathKind.Integer)
        {
            run.Fail(PathRules.Argument, position);
            return null;
        }

        return value.Whole;
    }

    private static void Select(PathRun run, int from, int middle, bool wanted, int position)
    {
        var others = new PathSet(run, middle, position);
        var end = run.Count;
        var kept = from;
        for (var i = from; i < middle && run.Spend(1, position); i++)
        {
            if (others.Contains(run.Stack[i], end) == wanted)
            {
                run.Stack[kept++] = run.Stack[i];
            }
        }

        run.Count = kept;
    }

    private static bool IsSubset(PathRun run, int from, int to, int others, int end, int position)
    {
        var set = new PathSet(run, others, position);
        for (var i = from; i < to && run.Spend(1, position); i++)
        {
            if (!set.Contains(run.Stack[i], end))
            {
                return false;
            }
        }

        return true;
    }

    private static void PushAll(PathRun run, int from, bool wanted, int position)
    {
        var all = true;
        for (var i = from; i < run.Count; i++)
        {
            all &= Boolean(run, i, position) == wanted;
        }

        run.Count = from;
        run.Push(all);
    }

    private static void PushAny(PathRun run, int from, bool wanted, int position)
    {
        var any = false;
        for (var i = from; i < run.Count; i++)
        {
            any |= Boolean(run, i, position) == wanted;
        }

        run.Count = from;
        run.Push(any);
    }

    private static bool? Boolean(PathRun run, int at, int position)
    {
        var value = run.Stack[at].AsBoolean();
        if (value is null && run.Stack[at].Kind != PathKind.ElementWithoutValue)
        {
            run.Fail(PathRules.Operand, position);
        }

        return value;
    }
}
