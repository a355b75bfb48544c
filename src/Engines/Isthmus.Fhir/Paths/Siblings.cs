using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>FHIR's JSON has a primitive in two properties (json.html#primitive): its value, and <c>_name</c> with id and extensions.</summary>
internal static class Siblings
{
    /// <summary>The <c>_name</c> object that belongs to a primitive's value, or -1.</summary>
    public static int Of(PathRun run, FhirTape tape, int node)
    {
        ref var value = ref tape.Nodes[node];
        if (value.Name >= 0)
        {
            return value.Parent < 0 ? -1 : tape.Find(value.Parent, value.Name, sibling: true);
        }

        if (value.Parent < 0)
        {
            return -1;
        }

        // An item of an array: the item at the same position of the sibling array.
        ref var array = ref tape.Nodes[value.Parent];
        var siblings = array.Parent < 0 || array.Name < 0 ? -1 : tape.Find(array.Parent, array.Name, sibling: true);
        return siblings < 0 ? -1 : Item(tape, siblings, PositionOf(run, tape, node));
    }

    /// <summary>
    /// Hands a step what one JSON property holds. False where nothing was decided: a sibling whose value property is still to come.
    /// </summary>
    public static bool Find(PathRun run, ChildNode step, FhirTape tape, int parent, int property, int type)
    {
        ref var node = ref tape.Nodes[property];
        if ((node.Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None)
        {
            if (tape.Find(parent, node.Name, sibling: false) >= 0)
            {
                return false;
            }

            FindWithoutValues(run, step, tape, property, type);
            return true;
        }

        if (node.Kind != FhirKind.Array)
        {
            if (node.Kind != FhirKind.Null)
            {
                step.Found(run, tape, property, FhirTypes.R4.Actual(type, tape, property));
            }

            return true;
        }

        FindItems(run, step, tape, parent, property, type);
        return true;
    }

    /// <summary>The items of an array. A null has its id and extensions at the same position of the sibling array, which is walked beside it.</summary>
    private static void FindItems(PathRun run, ChildNode step, FhirTape tape, int parent, int property, int type)
    {
        var sibling = -1;
        var behind = -1;
        for (var item = tape.Nodes[property].First; item >= 0; item = tape.Nodes[item].Next)
        {
            behind++;
            if (tape.Nodes[item].Kind != FhirKind.Null)
            {
                step.Found(run, tape, item, FhirTypes.R4.Actual(type, tape, item));
                continue;
            }

            if (sibling < 0)
            {
                var siblings = tape.Find(parent, tape.Nodes[property].Name, sibling: true);
                sibling = siblings < 0 ? -1 : tape.Nodes[siblings].First;
                if (sibling < 0)
                {
                    continue;
                }
            }

            for (; behind > 0 && sibling >= 0; behind--)
            {
                sibling = tape.Nodes[sibling].Next;
            }

            if (sibling >= 0 && tape.Nodes[sibling].Kind == FhirKind.Object)
            {
                step.FoundWithoutValue(run, tape, sibling, type);
            }
        }
    }

    private static void FindWithoutValues(PathRun run, ChildNode step, FhirTape tape, int property, int type)
    {
        if (tape.Nodes[property].Kind == FhirKind.Object)
        {
            step.FoundWithoutValue(run, tape, property, type);
            return;
        }

        for (var item = tape.Nodes[property].First; item >= 0; item = tape.Nodes[item].Next)
        {
            if (tape.Nodes[item].Kind == FhirKind.Object)
            {
                step.FoundWithoutValue(run, tape, item, type);
            }
        }
    }

    private static int PositionOf(PathRun run, FhirTape tape, int item)
    {
        var position = 0;
        for (var at = tape.Nodes[tape.Nodes[item].Parent].First; at != item; at = tape.Nodes[at].Next)
        {
            position++;
        }

        run.Spend(position / 8, 0);
        return position;
    }

    private static int Item(FhirTape tape, int array, int position)
    {
        var item = tape.Nodes[array].Kind == FhirKind.Array ? tape.Nodes[array].First : -1;
        while (position-- > 0 && item >= 0)
        {
            item = tape.Nodes[item].Next;
        }

        return item >= 0 && tape.Nodes[item].Kind == FhirKind.Object ? item : -1;
    }
}
