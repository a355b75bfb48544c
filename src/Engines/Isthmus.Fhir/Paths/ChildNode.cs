using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// An element by its name: a step down from each item of the source. Steps of one path (<c>name.given</c>) follow each other
/// item by item, so that nothing between them is laid on the stack. The step for the type last seen is kept, so that
/// walking a resource of the usual type compares two numbers and scans the properties.
/// </summary>
internal sealed class ChildNode : PathNode
{
    private static readonly int IdName = FhirNames.IdOf("id");
    private static readonly int ExtensionName = FhirNames.IdOf("extension");

    private readonly PathNode? source;
    private readonly string name;
    private readonly int pathName;

    /// <summary>The type the name is also the name of: <c>Patient.name</c> begins at a Patient.</summary>
    private readonly int rootType;

    /// <summary>The first step of the path, which this one ends.</summary>
    private readonly ChildNode head;

    /// <summary>The step that follows this one.</summary>
    private ChildNode? then;
    private FhirStep cache = FhirStep.Missing(FhirTypes.Unknown);

    public ChildNode(int position, PathNode? source, string name)
        : base(position)
    {
        this.name = name;
        pathName = FhirTypes.R4.PathName(name);
        rootType = source is null && name.Length > 0 && char.IsAsciiLetterUpper(name[0]) ? FhirTypes.R4.IdOf(name) : FhirTypes.Unknown;
        if (source is ChildNode before)
        {
            before.then = this;
            head = before.head;
        }
        else
        {
            this.source = source;
            head = this;
        }
    }

    public override void Push(PathRun run) => head.Begin(run);

    /// <summary>Of one step from a single element it is enough to look whether the property is there, if it holds anything but nulls.</summary>
    public override bool Any(PathRun run)
    {
        if (head != this || source is not null || rootType != FhirTypes.Unknown || run.FocusCount != 1)
        {
            return base.Any(run);
        }

        ref readonly var item = ref run.Stack[run.FocusAt];
        if (item.Kind != PathKind.Element || item.Type < 0)
        {
            return base.Any(run);
        }

        var step = StepFrom(item.Type);
        var nodes = ((FhirTape)item.Reference!).Nodes;
        for (var child = nodes[item.Node].Kind == FhirKind.Object ? nodes[item.Node].First : -1; (uint)child < (uint)nodes.Length; child = nodes[child].Next)
        {
            ref readonly var property = ref nodes[child];
            if (step.TypeOf(property.Name) == FhirTypes.Unknown)
            {
                continue;
            }

            var value = property.Kind == FhirKind.Array && property.First >= 0 ? nodes[property.First].Kind : property.Kind;
            return (value is not (FhirKind.Null or FhirKind.Array) && (property.Flags & FhirNodeFlags.Sibling) == FhirNodeFlags.None) || base.Any(run);
        }

        return nodes[item.Node].Kind != FhirKind.Object && base.Any(run);
    }

    /// <summary>Hands an element on: to the step that follows, or to the stack.</summary>
    internal void Found(PathRun run, FhirTape tape, int node, int type)
    {
        if (then is not null)
        {
            then.Step(run, tape, node, type);
        }
        else
        {
            run.Push(new FhirPathValue(tape, node, type));
        }
    }

    /// <summary>Hands on a primitive that has no value.</summary>
    internal void FoundWithoutValue(PathRun run, FhirTape tape, int sibling, int type)
    {
        if (then is not null)
        {
            then.StepIntoSibling(run, tape, sibling);
        }
        else
        {
            run.Push(new FhirPathValue(tape, sibling, type, PathKind.ElementWithoutValue));
        }
    }

    private void Begin(PathRun run)
    {
        if (source is null)
        {
            for (int i = run.FocusAt, end = i + run.FocusCount; i < end; i++)
            {
                Step(run, run.Stack[i]);
            }

            return;
        }

        var from = run.Count;
        source.Push(run);
        var to = run.Count;
        for (var i = from; i < to; i++)
        {
            Step(run, run.Stack[i]);
        }

        run.Drop(from, to);
    }

    private void Step(PathRun run, in FhirPathValue item)
    {
        switch (item.Kind)
        {
            case PathKind.Element:
                if (rootType != FhirTypes.Unknown && FhirTypes.R4.IsA(item.Type, rootType))
                {
                    Found(run, (FhirTape)item.Reference!, item.Node, item.Type);
                }
                else if (item.Type >= 0)
                {
                    Step(run, (FhirTape)item.Reference!, item.Node, item.Type);
                }

                break;
            case PathKind.ElementWithoutValue:
                StepIntoSibling(run, (FhirTape)item.Reference!, item.Node);
                break;
            case PathKind.Type when then is null && name is ("name" or "namespace"):
                var type = (PathTypeName)item.Reference!;
                run.Push(name == "name" ? type.Name : type.Namespace);
                break;
        }
    }

    private void Step(PathRun run, FhirTape tape, int node, int type)
    {
        var step = StepFrom(type);
        if (step.IsMissing || !run.Spend(1, Position))
        {
            return;
        }

        var nodes = tape.Nodes;
        if (nodes[node].Kind != FhirKind.Object)
        {
            // A primitive's id and extensions are in its sibling.
            StepIntoSibling(run, tape, Siblings.Of(run, tape, node));
            return;
        }

        for (var child = nodes[node].First; (uint)child < (uint)nodes.Length; child = nodes[child].Next)
        {
            var found = step.TypeOf(nodes[child].Name);
            if (found != FhirTypes.Unknown && Siblings.Find(run, this, tape, node, child, found))
            {
                return;
            }
        }
    }

    private FhirStep StepFrom(int type)
    {
        var step = cache;
        return step.Owner == type ? step : cache = FhirTypes.R4.StepOf(type, pathName);
    }

    private void StepIntoSibling(PathRun run, FhirTape tape, int sibling)
    {
        if (sibling < 0 || (pathName != IdName && pathName != ExtensionName) || tape.Nodes[sibling].Kind != FhirKind.Object)
        {
            return;
        }

        var child = tape.Find(sibling, pathName, sibling: false);
        if (child >= 0)
        {
            Siblings.Find(run, this, tape, sibling, child, pathName == IdName ? FhirTypes.R4.String : FhirTypes.R4.Extension);
        }
    }
}
