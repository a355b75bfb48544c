namespace Isthmus.Fhir.Paths;

/// <summary><c>now()</c>, <c>today()</c>, <c>timeOfDay()</c>: the same instant throughout an evaluation, told by the caller.</summary>
internal sealed class ClockNode(int position, PathKind kind) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        if (run.Context.Now is not { } now)
        {
            return;
        }

        var instant = PathTime.Of(now);
        run.Push(kind switch
        {
            PathKind.Date => new FhirPathValue(PathBoundary.Cut(instant, PathTime.Day), kind),
            PathKind.Time => new FhirPathValue(new PathTime(instant.Ticks % TimeSpan.TicksPerDay, PathTime.Millisecond, digits: 3), kind),
            _ => new FhirPathValue(instant, kind),
        });
    }
}

/// <summary><c>coalesce(…)</c>: the first argument that is not empty.</summary>
internal sealed class CoalesceNode(int position, IReadOnlyList<PathNode> arguments) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        for (var i = 0; i < arguments.Count && run.Count == from; i++)
        {
            arguments[i].Push(run);
        }
    }
}
