using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>dom-3: a contained resource is referred to from its container, or refers to it (FHIR R4 references.html#contained).</summary>
internal static class ContainedUse
{
    private static readonly int ContainedName = FhirNames.IdOf("contained"u8);

    /// <summary>The first contained resource of which that is not so; -1 if there is none.</summary>
    public static int FirstUnused(FhirTape tape, int container)
    {
        var array = tape.Find(container, ContainedName, sibling: false);
        if (array < 0 || tape.Nodes[array].First < 0)
        {
            return FhirNode.None;
        }

        var anchors = new HashSet<string>(StringComparer.Ordinal);
        Collect(tape, container, anchors);
        for (var item = tape.Nodes[array].First; item >= 0; item = tape.Nodes[item].Next)
        {
            if (tape.Nodes[item].Kind != FhirKind.Object)
            {
                continue;
            }

            var id = System.Text.Encoding.UTF8.GetString(ResourceTree.IdOf(tape, item));
            if (!anchors.Contains(id) && !RefersBack(tape, item))
            {
                return item;
            }
        }

        return FhirNode.None;
    }

    /// <summary>Every text that begins with #, without it. Elements that could hold such a text and mean no reference do not exist in practice.</summary>
    private static void Collect(FhirTape tape, int node, HashSet<string> anchors)
    {
        for (var child = tape.Nodes[node].First; child >= 0; child = tape.Nodes[child].Next)
        {
            if (tape.Nodes[child].Kind == FhirKind.String && tape.ValueOf(child) is [(byte)'#', ..] text)
            {
                anchors.Add(System.Text.Encoding.UTF8.GetString(text[1..]));
            }
            else if (tape.Nodes[child].First >= 0)
            {
                Collect(tape, child, anchors);
            }
        }
    }

    private static bool RefersBack(FhirTape tape, int node)
    {
        for (var child = tape.Nodes[node].First; child >= 0; child = tape.Nodes[child].Next)
        {
            if (tape.Nodes[child].Kind == FhirKind.String ? tape.ValueOf(child) is [(byte)'#'] : RefersBack(tape, child))
            {
                return true;
            }
        }

        return false;
    }
}
