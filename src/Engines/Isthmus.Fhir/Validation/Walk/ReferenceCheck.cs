using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>Checks a Reference by what FHIR itself says of its element: form, and the types it may lead to (FHIR R4 references.html).</summary>
internal sealed class ReferenceCheck(TypeShapes types, FhirTape tape, FindingLog log, ReferenceTargets targets)
{
    private static readonly int ReferenceName = FhirNames.IdOf("reference"u8);
    private static readonly int TypeName = FhirNames.IdOf("type"u8);

    public void Check(int node, PropertyShape property)
    {
        var text = tape.Find(node, ReferenceName, sibling: false);
        if (text < 0 || tape.Nodes[text].Kind != FhirKind.String || tape.Nodes[text].Length == 0)
        {
            return;
        }

        var reference = tape.ValueOf(text);
        if (reference.ContainsAny(" \t\r\n"u8))
        {
            log.Add(ReferenceRules.Malformed, node);
            return;
        }

        var type = reference[0] == '#' ? ResourceTree.TypeOf(tape, targets.Resolve(node, reference)) : ReferenceText.TypeOf(reference);
        if (type.IsEmpty)
        {
            return;
        }

        if (types.Resource(type) is not { } known)
        {
            // A RESTful URL of a server that is not FHIR's may look the same; a relative one cannot.
            if (reference[0] != '#' && !reference.Contains((byte)':'))
            {
                log.Add(ReferenceRules.UnknownType, node);
            }

            return;
        }

        if (!Allowed(property.Type, known))
        {
            log.Add(ReferenceRules.TargetType, node, known.Name, property.Element.Path, string.Join(", ", property.Type.Targets.Select(TypeUse.NameOf)));
        }

        var stated = tape.Find(node, TypeName, sibling: false);
        if (stated >= 0 && tape.Nodes[stated].Kind == FhirKind.String && types.Resource(tape.ValueOf(stated)) is { } other && other != known)
        {
            log.Add(ReferenceRules.TypeDiffers, node);
        }
    }

    private bool Allowed(TypeUse use, TypeShape type)
    {
        foreach (var target in use.Targets)
        {
            if (target == type.Url || types.IsA(type.Name, TypeUse.NameOf(target)))
            {
                return true;
            }
        }

        return use.Targets.Length == 0;
    }
}
