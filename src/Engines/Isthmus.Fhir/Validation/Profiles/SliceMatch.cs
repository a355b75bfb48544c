using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>Whether an occurrence passes the test of a slice: true, false, or null where it cannot be decided.</summary>
internal sealed class SliceMatch(FhirTape tape, ReferenceTargets targets, ElementChecks checks, ProfileCheck profiles)
{
    public bool? Passes(ElementItem item, int position, SliceTest test) => test.Kind switch
    {
        SliceTestKind.Position => position == test.Position,
        SliceTestKind.Absent => !Any(item, test with { Kind = SliceTestKind.Exists }, 0),
        _ => Any(item, test, 0),
    };

    /// <summary>Follows the remaining steps; one value that passes is enough.</summary>
    private bool? Any(ElementItem item, SliceTest test, int step)
    {
        if (step == test.Steps.Length)
        {
            return Holds(item, test);
        }

        return test.Steps[step] switch
        {
            { Kind: PathStepKind.Child } child => AnyChild(item, test, step, child),
            { Kind: PathStepKind.Extension } extension => AnyExtension(item, test, step, extension),
            { Kind: PathStepKind.OfType } type => IsType(item, type) ? Any(item, test, step + 1) : false,
            _ => Resolved(item, test, step),
        };
    }

    private bool? AnyChild(ElementItem item, SliceTest test, int step, PathStep child)
    {
        bool? answer = false;
        var items = new ItemCursor(tape, item.Holder(tape), child.Names, child.TypeOfName);
        while (items.MoveNext() && answer != true)
        {
            var one = Any(items.Current, test, step + 1);
            answer = one == true ? true : answer is null || one is null ? null : false;
        }

        return answer;
    }

    private bool? AnyExtension(ElementItem item, SliceTest test, int step, PathStep extension)
    {
        var array = item.Holder(tape) is >= 0 and var holder ? tape.Find(holder, ExtensionNames.Extension, sibling: false) : FhirNode.None;
        for (var at = array >= 0 ? tape.Nodes[array].First : FhirNode.None; at >= 0; at = tape.Nodes[at].Next)
        {
            if (new FhirElement(tape, at)["url"u8].TextEquals(extension.Text) && Any(new ElementItem(at, FhirNode.None, "Extension"), test, step + 1) == true)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsType(ElementItem item, PathStep type)
    {
        var resource = item.Value >= 0 ? ResourceTree.TypeOf(tape, item.Value) : [];
        return resource.IsEmpty ? System.Text.Encoding.UTF8.GetString(type.Text) == item.Type : resource.SequenceEqual(type.Text);
    }

    /// <summary>What leads outside cannot be looked at; its type may still be told by the reference itself.</summary>
    private bool? Resolved(ElementItem item, SliceTest test, int step)
    {
        var reference = targets.TextOf(item.Value);
        if (reference.IsEmpty)
        {
            return false;
        }

        var target = targets.Resolve(item.Value, reference);
        if (target >= 0)
        {
            return Any(new ElementItem(target, FhirNode.None, System.Text.Encoding.UTF8.GetString(ResourceTree.TypeOf(tape, target))), test, step + 1);
        }

        var named = ReferenceText.TypeOf(reference);
        return step == test.Steps.Length - 1 && test.Kind == SliceTestKind.Type && !named.IsEmpty ? test.Any.Contains(System.Text.Encoding.UTF8.GetString(named)) : null;
    }

    private bool? Holds(ElementItem item, SliceTest test)
    {
        switch (test.Kind)
        {
            case SliceTestKind.Fixed:
                return item.Value >= 0 && ValueMatch.Equal(test.Value, new FhirElement(tape, item.Value));
            case SliceTestKind.Pattern:
                return item.Value >= 0 && ValueMatch.Contains(test.Value, new FhirElement(tape, item.Value));
            case SliceTestKind.Binding:
                return item.Value >= 0 ? checks.IsMember(item, test.Binding!) : false;
            case SliceTestKind.Type:
                var resource = item.Value >= 0 ? ResourceTree.TypeOf(tape, item.Value) : [];
                return test.Any.Contains(resource.IsEmpty ? item.Type : System.Text.Encoding.UTF8.GetString(resource));
            case SliceTestKind.Profile:
                var type = item.Value >= 0 ? ResourceTree.TypeOf(tape, item.Value) : [];
                var typed = type.IsEmpty ? item : item with { Type = System.Text.Encoding.UTF8.GetString(type) };
                return Array.Exists(test.Any, url => profiles.WhyNot(typed, url) is null);
            default:
                return true;
        }
    }
}
