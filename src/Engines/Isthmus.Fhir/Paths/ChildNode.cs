using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// An element by its name: a step down from each item of the source. The step for the type last seen is kept,
/// so that walking a resource of the usual type compares two numbers and scans the properties.
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
    private FhirStep cache = FhirStep.Missing(FhirTypes.Unknown);

    public ChildNode(int position, PathNode? source, string name)
        : base(position)
    {
        this.source = source;
        this.name = name;
        pathName = FhirTypes.R4.PathName(name);
        rootType = source is null && char.IsAsciiLetterUpper(name[0]) ? FhirTypes.R4.IdOf(name) : FhirTypes.Unknown;
    }

    public override void Push(PathRun run)
    {
        if (source is null)
        {
            for (int i = run.FocusAt, end = i + run.FocusCount; i < end; i++)
            {
                Step(run, i);
            }

            return;
        }

        var from = run.Count;
        source.Push(run);
        var to = run.Count;
        for (var i = from; i < to; i++)
        {
            Step(run, i);
        }

        run.Drop(from, to);
    }

    private void Step(PathRun run, int at)
    {
        ref readonly var item = ref run.Stack[at];
        switch (item.Kind)
        {
            case PathKind.Element:
                var tape = (FhirTape)item.Reference!;
                if (rootType != FhirTypes.Unknown && FhirTypes.R4.IsA(item.Type, rootType))
                {
                    run.Push(item);
                }
                else if (item.Type >= 0)
                {
                    Step(run, tape, item.Node, item.Type);
                }

                break;
            case PathKind.ElementWithoutValue:
                StepIntoSibling(run, (FhirTape)item.Reference!, item.Node);
                break;
            case PathKind.Type when name is "name" or "namespace":
                var type = (PathTypeName)item.Reference!;
                run.Push(name == "name" ? type.Name : type.Namespace);
                break;
        }
    }

    private void Step(PathRun run, FhirTape tape, int node, int type)
    {
        var step = cache;
        if (step.Owner != type)
        {
            step = FhirTypes.R4[type].Step(pathName) ?? FhirStep.Missing(type);
            cache = step;
        }

        if (step.IsMissing)
        {
            return;
        }

        if (tape.Nodes[node].Kind != FhirKind.Object)
        {
            // A primitive's id and extensions are in its sibling.
            StepIntoSibling(run, tape, Siblings.Of(run, tape, node));
            return;
        }

        for (var child = tape.Nodes[node].First; child >= 0; child = tape.Nodes[child].Next)
        {
            var found = step.TypeOf(tape.Nodes[child].Name);
            if (found != FhirTypes.Unknown && Siblings.PushProperty(run, tape, node, child, found))
            {
                return;
            }
        }
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
            Siblings.PushProperty(run, tape, sibling, child, pathName == IdName ? FhirTypes.R4.String : FhirTypes.R4.Extension);
        }
    }
}
