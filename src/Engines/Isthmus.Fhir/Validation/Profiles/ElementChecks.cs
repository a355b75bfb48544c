using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Codes;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Invariants;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>What a profile demands of one value: fixed, pattern, length, limits, codes, invariants.</summary>
internal sealed class ElementChecks(FhirTape tape, FindingLog log, BindingCheck bindings, InvariantCheck invariants, ValueLimits limits)
{
    public void Check(ElementItem item, ConstraintShape shape)
    {
        if (item.Value < 0)
        {
            // Only id or extensions stand here, such as the reason why the value is absent.
            return;
        }

        var value = new FhirElement(tape, item.Value);
        if (shape.Fixed.Exists && !ValueMatch.Equal(shape.Fixed, value))
        {
            log.Add(ProfileRules.Fixed, item.Place, shape.Label, ValueMatch.Shown(shape.Fixed));
        }

        if (shape.Pattern.Exists && !ValueMatch.Contains(shape.Pattern, value))
        {
            log.Add(ProfileRules.Pattern, item.Place, shape.Label, ValueMatch.Shown(shape.Pattern));
        }

        if (shape.MaxLength > 0 && value.Kind == FhirKind.String && Encoding.UTF8.GetCharCount(value.Text) > shape.MaxLength)
        {
            log.Add(ValueRules.MaxLength, item.Place, shape.Label, shape.MaxLength.ToString(CultureInfo.InvariantCulture));
        }

        if (shape.MinValue.Exists || shape.MaxValue.Exists)
        {
            limits.Check(item.Value, shape);
        }

        if (shape.Binding is { } binding)
        {
            bindings.Check(item.Value, item.Type, binding, shape.Label);
        }

        if (shape.Invariants.Length > 0)
        {
            Invariants(item, shape);
        }
    }

    private void Invariants(ElementItem item, ConstraintShape shape)
    {
        var resource = ResourceTree.ResourceOf(tape, shape.IsRoot ? item.Value : tape.Nodes[item.Value].Parent);
        foreach (var invariant in shape.Invariants)
        {
            invariants.Check(item.Value, item.Type, resource, invariant);
        }
    }

    /// <summary>Whether a coded value has a code of the binding's value set; null where that cannot be told.</summary>
    public bool? IsMember(ElementItem item, BindingShape binding) => bindings.IsMember(item.Value, item.Type, binding);
}
