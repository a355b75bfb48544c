namespace Isthmus.Fhir.Paths;

/// <summary>A function that evaluates an argument once for each item, with the item as focus.</summary>
internal abstract class IteratingNode(int position, PathNode source) : PathNode(position)
{
    protected PathNode Source { get; } = source;

    /// <summary>What the focus was, to be put back.</summary>
    protected readonly record struct Outer(int FocusAt, int FocusCount, long Index)
    {
        public static Outer Of(PathRun run) => new(run.FocusAt, run.FocusCount, run.Index);

        public void Restore(PathRun run)
        {
            run.FocusAt = FocusAt;
            run.FocusCount = FocusCount;
            run.Index = Index;
        }
    }

    protected static void Focus(PathRun run, int item, int index)
    {
        run.FocusAt = item;
        run.FocusCount = 1;
        run.Index = index;
    }
}

/// <summary><c>where(criteria)</c>.</summary>
internal sealed class WhereNode(int position, PathNode source, PathNode criteria) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        var outer = Outer.Of(run);
        var kept = from;
        for (var i = from; i < to && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            if (criteria.Test(run) == PathTruth.True)
            {
                run.Stack[kept++] = run.Stack[i];
            }
        }

        run.Count = kept;
        outer.Restore(run);
    }
}

/// <summary><c>exists(criteria)</c>; stops at the first item that meets it.</summary>
internal sealed class ExistsWhereNode(int position, PathNode source, PathNode criteria) : IteratingNode(position, source)
{
    public override void Push(PathRun run) => run.Push(Test(run));

    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        var outer = Outer.Of(run);
        var found = false;
        for (var i = from; i < to && !found && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            found = criteria.Test(run) == PathTruth.True;
        }

        run.Count = from;
        outer.Restore(run);
        return run.Failed ? PathTruth.Fault : found ? PathTruth.True : PathTruth.False;
    }
}

/// <summary><c>all(criteria)</c>: true unless an item fails to meet it; empty does not meet it.</summary>
internal sealed class AllNode(int position, PathNode source, PathNode criteria) : IteratingNode(position, source)
{
    public override void Push(PathRun run) => run.Push(Test(run));

    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        var outer = Outer.Of(run);
        var all = true;
        for (var i = from; i < to && all && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            all = criteria.Test(run) == PathTruth.True;
        }

        run.Count = from;
        outer.Restore(run);
        return run.Failed ? PathTruth.Fault : all ? PathTruth.True : PathTruth.False;
    }
}

/// <summary><c>select(projection)</c>.</summary>
internal sealed class SelectNode(int position, PathNode source, PathNode projection) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        var outer = Outer.Of(run);
        for (var i = from; i < to && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            projection.Push(run);
        }

        outer.Restore(run);
        run.Drop(from, to);
    }
}

/// <summary><c>repeat(projection)</c>: everything reached, each once. <c>repeatAll</c> keeps what is equal.</summary>
internal sealed class RepeatNode(int position, PathNode source, PathNode projection, bool distinct) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var found = run.Count;
        var outer = Outer.Of(run);
        var seen = new PathSet(run, found, Position);
        var pending = from;
        while (pending < run.Count && run.Spend(1, Position))
        {
            var made = run.Count;
            Focus(run, pending, pending - from);
            projection.Push(run);
            if (distinct)
            {
                seen.Keep(made);
            }

            pending++;
        }

        outer.Restore(run);
        run.Drop(from, found);
    }
}

/// <summary><c>aggregate(aggregator [, init])</c>.</summary>
internal sealed class AggregateNode(int position, PathNode source, PathNode aggregator, PathNode? init) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        var (outerAt, outerCount) = (run.TotalAt, run.TotalCount);
        init?.Push(run);
        var outer = Outer.Of(run);
        (run.TotalAt, run.TotalCount) = (to, run.Count - to);
        for (var i = from; i < to && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            var made = run.Count;
            aggregator.Push(run);
            run.Drop(to, made);
            run.TotalCount = run.Count - to;
        }

        outer.Restore(run);
        (run.TotalAt, run.TotalCount) = (outerAt, outerCount);
        run.Drop(from, to);
    }
}

/// <summary><c>iif(criterion, true-result [, otherwise-result])</c>; only the result that is asked for is evaluated.</summary>
internal sealed class IfNode(int position, PathNode source, PathNode criterion, PathNode then, PathNode? otherwise) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        if (to - from > 1)
        {
            run.Fail(PathRules.Singleton, Position);
            return;
        }

        var outer = Outer.Of(run);
        (run.FocusAt, run.FocusCount) = (from, to - from);
        var truth = criterion.Test(run);
        if (truth == PathTruth.True)
        {
            then.Push(run);
        }
        else if (truth != PathTruth.Fault)
        {
            otherwise?.Push(run);
        }

        outer.Restore(run);
        run.Drop(from, to);
    }
}

/// <summary><c>trace(name [, projection])</c>: passes its input on, and shows it to whoever listens.</summary>
internal sealed class TraceNode(int position, PathNode source, PathNode name, PathNode? projection) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        if (run.Context.Trace is not { } trace || run.Failed)
        {
            return;
        }

        name.Push(run);
        var label = run.Count > to ? run.Stack[to].AsString() ?? "" : "";
        run.Count = to;
        var outer = Outer.Of(run);
        for (var i = from; projection is not null && i < to && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            projection.Push(run);
        }

        trace(label, projection is null ? run.Stack[from..to] : run.Stack[to..run.Count]);
        outer.Restore(run);
        run.Count = to;
    }
}

/// <summary><c>sort([key [asc|desc], …])</c>: stable; items without a key come first.</summary>
internal sealed class SortNode(int position, PathNode source, IReadOnlyList<(PathNode Key, bool Descending)> keys) : IteratingNode(position, source)
{
    /// <summary>Sorting compares each item about so often.</summary>
    private const int StepsPerItem = 20;

    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        if (!run.Spend((to - from) * StepsPerItem, Position))
        {
            return;
        }

        var items = new Sorted[to - from];
        var outer = Outer.Of(run);
        for (var i = from; i < to && run.Spend(1, Position); i++)
        {
            Focus(run, i, i - from);
            items[i - from] = new Sorted(run.Stack[i], i, new FhirPathValue?[keys.Count]);
            for (var key = 0; key < keys.Count; key++)
            {
                keys[key].Key.Push(run);
                items[i - from].Keys[key] = run.Single(to, Position, out var value) ? value : null;
                run.Count = to;
            }
        }

        outer.Restore(run);
        if (run.Failed)
        {
            return;
        }

        Array.Sort(items, (one, two) => Order(run, one, two));
        for (var i = 0; i < items.Length; i++)
        {
            run.Stack[from + i] = items[i].Item;
        }
    }

    private int Order(PathRun run, in Sorted one, in Sorted two)
    {
        for (var key = 0; key < keys.Count; key++)
        {
            var order = (one.Keys[key], two.Keys[key]) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                ({ } left, { } right) => PathOrder.Total(run, left, right, Position),
            };
            if (order != 0)
            {
                return keys[key].Descending && one.Keys[key] is not null && two.Keys[key] is not null ? -order : order;
            }
        }

        return one.Place.CompareTo(two.Place);
    }

    private readonly record struct Sorted(FhirPathValue Item, int Place, FhirPathValue?[] Keys);
}
