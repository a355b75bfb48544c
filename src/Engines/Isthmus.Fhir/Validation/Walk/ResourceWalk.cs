using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Narrative;
using Isthmus.Fhir.Validation.Profiles;
using Isthmus.Fhir.Validation.Shapes;
using Isthmus.Fhir.Validation.Values;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// One walk over a resource by the types FHIR itself defines. What profiles demand beyond that is checked where the walk
/// meets what claims them. The walk works on node numbers and allocates nothing for what is right.
/// </summary>
internal sealed class ResourceWalk(ValidationGround ground, FhirTape tape, FindingLog log, bool full, DateTimeOffset? now)
{
    /// <summary>The reader refuses what is half as deep; resources that were built, or read with other limits, may be deeper.</summary>
    private const int MostDepth = 256;

    private static readonly int ResourceTypeName = FhirNames.IdOf("resourceType"u8);
    private static readonly int IdName = FhirNames.IdOf("id"u8);

    private readonly bool full = full;
    private readonly ElementShape primitiveParts = ground.Types.Type("Element").Root;
    private readonly ResourceChecks checks = new(ground, tape, log, now);

    private int depth;

    /// <summary>The element whose properties are being walked; null for a resource's own.</summary>
    private PropertyShape? holder;

    public void Run(int root, IReadOnlyList<string> profiles)
    {
        Resource(root);
        foreach (var profile in profiles)
        {
            checks.Profile(root, profile);
        }
    }

    private void Resource(int node)
    {
        var name = tape.Nodes[node].Kind == FhirKind.Object ? tape.Find(node, ResourceTypeName, sibling: false) : FhirNode.None;
        if (name < 0 || tape.Nodes[name].Kind != FhirKind.String || ground.Types.Resource(tape.ValueOf(name)) is not { } type)
        {
            log.Add(StructureRules.NoIdentity, node);
            return;
        }

        Within(node, null, type.Root, type.Root);
        if (full && !log.Full)
        {
            checks.Resource(node, type);
        }
    }

    private void Within(int node, PropertyShape? element, ElementShape content, ElementShape? resource)
    {
        if (depth == MostDepth)
        {
            log.Add(LimitRules.Depth, node);
            return;
        }

        var outer = holder;
        holder = element;
        depth++;
        Properties(node, content, resource);
        depth--;
        holder = outer;
    }

    /// <summary>The properties of a resource (its own type as <paramref name="resource"/>) or of an element.</summary>
    private void Properties(int node, ElementShape content, ElementShape? resource)
    {
        var nodes = tape.Nodes;
        var seen = 0UL;
        var hasContent = false;
        for (var child = nodes[node].First; child >= 0; child = nodes[child].Next)
        {
            var name = nodes[child].Name;
            if (name == ResourceTypeName && resource is not null)
            {
                continue;
            }

            var property = name >= 0 ? content.Find(name) : null;
            if (property is null)
            {
                log.AddWithin(StructureRules.UnknownProperty, node, child, content.Path);
                hasContent = true;
                continue;
            }

            hasContent |= name != IdName;
            if ((seen & property.Bit) != 0 && property.Element.IsChoice && OtherChoiceBefore(node, child, content, property))
            {
                log.Add(StructureRules.ChoiceTwice, child, property.Element.Path);
            }

            seen |= property.Bit;
            if ((nodes[child].Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None)
            {
                PrimitiveParts(child, property);
            }
            else
            {
                Property(child, property);
            }
        }

        if (!hasContent && resource is null)
        {
            log.Add(StructureRules.EmptyObject, node, content.Path);
        }

        if ((content.Required & ~seen) is var missing and not 0)
        {
            Missing(node, content, missing);
        }
    }

    private void Missing(int node, ElementShape content, ulong missing)
    {
        for (; missing != 0; missing &= missing - 1)
        {
            var child = content.Children[System.Numerics.BitOperations.TrailingZeroCount(missing)];
            log.Add(StructureRules.TooFew, node, child.Path, child.Min.ToString(System.Globalization.CultureInfo.InvariantCulture), "0");
        }
    }

    private bool OtherChoiceBefore(int node, int child, ElementShape content, PropertyShape property)
    {
        for (var other = tape.Nodes[node].First; other != child; other = tape.Nodes[other].Next)
        {
            if (tape.Nodes[other].Name >= 0 && tape.Nodes[other].Name != property.Name && content.Find(tape.Nodes[other].Name) is { } before && before.Bit == property.Bit)
            {
                return true;
            }
        }

        return false;
    }

    private void Property(int child, PropertyShape property)
    {
        if (tape.Nodes[child].Kind != FhirKind.Array)
        {
            if (property.Repeats)
            {
                log.Add(StructureRules.NotAnArray, child, property.Element.Path);
            }

            Value(child, property);
            return;
        }

        if (!property.Repeats)
        {
            log.Add(StructureRules.AnArray, child, property.Element.Path);
        }

        var item = tape.Nodes[child].First;
        if (item < 0)
        {
            log.Add(StructureRules.EmptyArray, child);
        }

        var parts = property.Primitive == PrimitiveKind.None ? FhirNode.None : FirstBeside(child, sibling: true);
        for (; item >= 0; item = tape.Nodes[item].Next)
        {
            // Within an array a null stands for a value of which there are only parts.
            if (tape.Nodes[item].Kind != FhirKind.Null || parts < 0 || tape.Nodes[parts].Kind != FhirKind.Object)
            {
                Value(item, property);
            }

            parts = parts >= 0 ? tape.Nodes[parts].Next : FhirNode.None;
        }
    }

    /// <summary>The first item of the array with, or without, the underscore beside an array; -1 if there is none.</summary>
    private int FirstBeside(int array, bool sibling)
    {
        var beside = tape.Find(tape.Nodes[array].Parent, tape.Nodes[array].Name, sibling);
        return beside >= 0 && tape.Nodes[beside].Kind == FhirKind.Array ? tape.Nodes[beside].First : FhirNode.None;
    }

    private void Value(int node, PropertyShape property)
    {
        if (log.Full)
        {
            return;
        }

        if (property.Primitive != PrimitiveKind.None)
        {
            Primitive(node, property);
        }
        else if (tape.Nodes[node].Kind != FhirKind.Object)
        {
            log.Add(tape.Nodes[node].Kind == FhirKind.Null ? StructureRules.NullValue : StructureRules.NotAnObject, node, property.Element.Path, property.Type.Code);
        }
        else if (property.Role == ValueRole.Resource)
        {
            Resource(node);
        }
        else
        {
            Within(node, property, property.Content, resource: null);
            if (property.Role == ValueRole.Extension)
            {
                ExtensionContent(node);
            }

            if (full)
            {
                checks.Element(node, property, holder);
            }
        }
    }

    /// <summary>ext-1: a value or extensions, and not both.</summary>
    private void ExtensionContent(int node)
    {
        bool hasExtensions = false, hasValue = false;
        for (var child = tape.Nodes[node].First; child >= 0; child = tape.Nodes[child].Next)
        {
            var name = tape.Nodes[child].Name;
            hasExtensions |= name == ExtensionNames.Extension;
            hasValue |= name >= 0 && FhirNames.Text(name).StartsWith("value"u8);
        }

        if (hasExtensions == hasValue)
        {
            log.Add(InvariantRules.ExtensionContent, node);
        }
    }

    private void Primitive(int node, PropertyShape property)
    {
        var kind = tape.Nodes[node].Kind;
        if (!PrimitiveFormat.Fits(property.Primitive, kind))
        {
            Misfit(node, property, kind);
            return;
        }

        var text = (tape.Nodes[node].Flags & FhirNodeFlags.Escaped) == FhirNodeFlags.None ? tape.ValueOf(node) : JsonText.Unescape(tape.ValueOf(node));
        if (PrimitiveFormat.Check(property.Primitive, text) is { } rule)
        {
            log.Add(rule, node);
            if (rule.Severity >= FindingSeverity.Error)
            {
                return;
            }
        }

        if (property.Primitive == PrimitiveKind.Xhtml && XhtmlCheck.Run(text) is { } broken)
        {
            log.Add(broken.Rule, node, broken.Detail ?? "");
        }

        if (full && property.AsksMore)
        {
            checks.Element(node, property, holder);
        }
    }

    private void Misfit(int node, PropertyShape property, FhirKind kind)
    {
        if (kind == FhirKind.Null)
        {
            log.Add(StructureRules.NullValue, node);
        }
        else if (kind is FhirKind.Object or FhirKind.Array)
        {
            log.Add(StructureRules.NotAValue, node, property.Element.Path, property.Type.Code);
        }
        else
        {
            log.Add(StructureRules.WrongKind, node, property.Element.Path, property.Type.Code, PrimitiveFormat.Written(property.Primitive));
        }
    }

    /// <summary>The property with the underscore: id and extensions of a primitive, or of each of an array (FHIR R4 json.html#primitive).</summary>
    private void PrimitiveParts(int child, PropertyShape property)
    {
        if (property.Primitive == PrimitiveKind.None)
        {
            log.Add(StructureRules.Underscore, child, property.Element.Path);
            return;
        }

        if (tape.Nodes[child].Kind != FhirKind.Array)
        {
            if (property.Repeats)
            {
                log.Add(StructureRules.NotAnArray, child, property.Element.Path);
            }

            Parts(child, property, tape.Find(tape.Nodes[child].Parent, tape.Nodes[child].Name, sibling: false));
            return;
        }

        if (!property.Repeats)
        {
            log.Add(StructureRules.AnArray, child, property.Element.Path);
        }

        var value = FirstBeside(child, sibling: false);
        for (var item = tape.Nodes[child].First; item >= 0; item = tape.Nodes[item].Next)
        {
            if (tape.Nodes[item].Kind != FhirKind.Null)
            {
                Parts(item, property, value);
            }

            value = value >= 0 ? tape.Nodes[value].Next : FhirNode.None;
        }
    }

    /// <param name="node">What stands with the underscore.</param>
    /// <param name="property">The primitive.</param>
    /// <param name="value">What stands without it, or -1.</param>
    private void Parts(int node, PropertyShape property, int value)
    {
        if (tape.Nodes[node].Kind != FhirKind.Object)
        {
            log.Add(StructureRules.NotAnObject, node, property.Element.Path, "Element");
            return;
        }

        // An id alone is enough where the value stands beside it (ele-1: hasValue()).
        var hasValue = value >= 0 && tape.Nodes[value].Kind != FhirKind.Null;
        Within(node, property, primitiveParts, hasValue && tape.Nodes[node].First >= 0 ? primitiveParts : null);
    }
}
