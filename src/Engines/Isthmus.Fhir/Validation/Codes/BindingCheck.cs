using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Codes;

/// <summary>
/// Checks coded values against the value sets they are bound to. Only a certain no is an error, and only where the binding is
/// required; what the definitions here cannot tell is a warning.
/// </summary>
internal sealed class BindingCheck(TerminologySet terminology, FhirTape tape, FindingLog log)
{
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);
    private static readonly int CodingName = FhirNames.IdOf("coding"u8);
    private static readonly int TextName = FhirNames.IdOf("text"u8);

    /// <summary>Checks a value of a type that can be bound: code, string, uri, Coding, CodeableConcept, Quantity.</summary>
    public void Check(int node, string type, BindingShape binding, string label)
    {
        if (binding.Strength != BindingStrength.Example && Of(node, type, Set(binding)) is var found and not Membership.Yes)
        {
            Report(node, type, binding, label, found);
        }

        if (binding.Maximum is { } maximum && HasCode(node, type) && Of(node, type, terminology.ValueSet(maximum)) == Membership.No)
        {
            log.Add(BindingRules.Maximum, node, label, maximum);
        }
    }

    /// <summary>Whether a value has a code of the binding's value set; null where that cannot be told.</summary>
    public bool? IsMember(int node, string type, BindingShape binding) => Of(node, type, Set(binding)) switch
    {
        Membership.Yes => true,
        Membership.No => false,
        _ => null,
    };

    /// <summary>Checks that a coding's code is one that its system has.</summary>
    public void CheckCoding(int coding)
    {
        var system = Text(coding, SystemName);
        var code = Text(coding, CodeName);
        if (system.IsEmpty || code.IsEmpty || terminology.HasCode(system, code) != Membership.No)
        {
            return;
        }

        // HL7's own terminology is published by itself and grows; the systems of the specification and of guides do not.
        var grows = system.StartsWith("http://terminology.hl7.org/"u8) || system.StartsWith("urn:"u8) || !system.StartsWith("http"u8);
        log.Add(grows ? BindingRules.UnknownCodeHere : BindingRules.UnknownCode, tape.Find(coding, CodeName, sibling: false), System.Text.Encoding.UTF8.GetString(system));
    }

    private CompiledValueSet Set(BindingShape binding) => binding.Set ??= terminology.ValueSet(binding.ValueSet);

    private void Report(int node, string type, BindingShape binding, string label, Membership found)
    {
        if (!HasCode(node, type))
        {
            // Without any code there is nothing to be outside of a value set, but a required binding wants one.
            if (binding.Strength == BindingStrength.Required && type == "CodeableConcept" && tape.Find(node, TextName, sibling: false) >= 0)
            {
                log.Add(BindingRules.NoCode, node, label, binding.ValueSet);
            }

            return;
        }

        var rule = found == Membership.Unknown ? BindingRules.Unverified : binding.Strength switch
        {
            BindingStrength.Required => BindingRules.Required,
            BindingStrength.Extensible => BindingRules.Extensible,
            _ => BindingRules.Preferred,
        };
        if (rule != BindingRules.Unverified || binding.Strength >= BindingStrength.Extensible)
        {
            log.Add(rule, node, label, binding.ValueSet);
        }
    }

    private bool HasCode(int node, string type)
    {
        if (type != "CodeableConcept")
        {
            return tape.Nodes[node].Kind != FhirKind.Object || !Text(node, CodeName).IsEmpty;
        }

        for (var at = FirstCoding(node); at >= 0; at = tape.Nodes[at].Next)
        {
            if (!Text(at, CodeName).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private Membership Of(int node, string type, CompiledValueSet set)
    {
        if (tape.Nodes[node].Kind == FhirKind.String)
        {
            return set.ContainsCode(new FhirElement(tape, node).Text);
        }

        if (type != "CodeableConcept")
        {
            return OfCoding(node, set);
        }

        var best = Membership.No;
        for (var at = FirstCoding(node); at >= 0 && best != Membership.Yes; at = tape.Nodes[at].Next)
        {
            var one = OfCoding(at, set);
            best = one > best ? one : best;
        }

        return best;
    }

    private Membership OfCoding(int node, CompiledValueSet set) =>
        Text(node, CodeName) is { IsEmpty: false } code ? set.Contains(Text(node, SystemName), code) : Membership.No;

    private int FirstCoding(int concept) =>
        tape.Nodes[concept].Kind == FhirKind.Object && tape.Find(concept, CodingName, sibling: false) is >= 0 and var array ? tape.Nodes[array].First : FhirNode.None;

    private ReadOnlySpan<byte> Text(int node, int name) =>
        tape.Nodes[node].Kind == FhirKind.Object && tape.Find(node, name, sibling: false) is >= 0 and var child && tape.Nodes[child].Kind == FhirKind.String
            ? new FhirElement(tape, child).Text
            : [];
}
