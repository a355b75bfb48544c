using System.Globalization;
using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>
/// A node's place as FHIRPath with indexes, in the form OperationOutcome.expression has: <c>Observation.value.ofType(Quantity).code</c>.
/// Worked out from the tape only for what is reported, so that a walk carries no path along.
/// </summary>
internal static class FhirLocation
{
    public static string Of(FhirTape tape, int node)
    {
        var chain = new Stack<int>();
        for (var at = node; at >= 0; at = tape.Nodes[at].Parent)
        {
            chain.Push(at);
        }

        var type = TypeOf(tape, chain.Pop());
        var path = new StringBuilder(type ?? "");
        foreach (var at in chain)
        {
            var parent = tape.Nodes[at].Parent;
            if (tape.Nodes[parent].Kind == FhirKind.Array)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{IndexOf(tape, parent, at)}]");
            }
            else if (tape.Nodes[at].Name < 0)
            {
                // A property that R4 does not have is named by its line and column, not by what it calls itself.
                return path.ToString();
            }
            else
            {
                type = Step(path, type, Encoding.UTF8.GetString(FhirNames.Text(tape.Nodes[at].Name)));
            }

            type = tape.Nodes[at].Kind == FhirKind.Object && TypeOf(tape, at) is { } resource ? resource : type;
        }

        return path.ToString();
    }

    private static string? Step(StringBuilder path, string? type, string name)
    {
        var element = type is null ? null : FhirSchema.R4.Type(type)?.Element(name);
        path.Append('.').Append(element?.Choice ?? name);
        if (element?.Choice is not null)
        {
            path.Append(CultureInfo.InvariantCulture, $".ofType({element.Type})");
        }

        return element?.Type;
    }

    /// <summary>A resource's type, if it is one that R4 has.</summary>
    private static string? TypeOf(FhirTape tape, int node) =>
        new FhirElement(tape, node).ResourceType is { } type && FhirSchema.R4.Type(type) is not null ? type : null;

    private static int IndexOf(FhirTape tape, int array, int item)
    {
        var index = 0;
        for (var at = tape.Nodes[array].First; at != item; at = tape.Nodes[at].Next)
        {
            index++;
        }

        return index;
    }
}
