using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Translate;
using Isthmus.Records;
using FhirFinding = Isthmus.Fhir.Validation.Findings.Finding;
using Finding = Isthmus.Exchange.Finding;

namespace Isthmus.Mediation.Conform;

/// <summary>A translated message of which is known where it does not conform to FHIR.</summary>
internal sealed record Checked(Translated Translated);

/// <summary>
/// Holds every resource that was made against FHIR R4: structure, formats, bindings, invariants. What does not conform is
/// noted on the message; the results go on, since a lost one does more harm than a badly written unit. Only a finding, of this stage
/// or an earlier one, that the contract names holds or quarantines the message.
/// </summary>
internal sealed class CheckConformance : Stage<Translated, Checked>
{
    /// <summary>A message of broken resources is broken in one way, not in many.</summary>
    private const int MostPerResource = 8;

    private const string Definitions = "hl7.fhir.r4.core 4.0.1";

    private static readonly FhirValidator Validator = FhirValidator.For(DefinitionSet.R4);

    /// <summary>What FHIR recommends is for the authors of maps; <c>isthmus validate</c> says that too.</summary>
    private static readonly ValidationOptions Options = new() { MaxFindings = MostPerResource, LeastSeverity = FindingSeverity.Error };

    private readonly Dictionary<string, int> ordinals = new(StringComparer.Ordinal);

    public string Name => "conform";

    public Verdict<Checked> Run(Translated context, Trail trail)
    {
        trail.DecidedBy = Definitions;
        ordinals.Clear();
        foreach (var resource in context.Resources)
        {
            ordinals[resource.Type] = ordinals.GetValueOrDefault(resource.Type) + 1;
            Check(resource, trail);
        }

        return Refused(context, trail) is { } stop ? stop : new Checked(context);
    }

    private static Stop? Refused(Translated context, Trail trail)
    {
        var rules = context.Identified.Valid.Admitted.Opened.Contract.Completeness.Findings;
        for (var i = 0; rules.Count > 0 && i < trail.Findings.Count; i++)
        {
            var finding = trail.Findings[i];
            switch (rules.FirstOrDefault(rule => rule.Fits(finding))?.Then)
            {
                case FindingAction.Quarantine:
                    return Stop.Quarantine(finding);
                case FindingAction.Hold:
                    trail.Raise(Incompleteness.SignalOf(
                        trail.Message, context.Identified.Valid.Message, context.Identified.Person, finding.Location, finding.Rule));
                    return Stop.AskHuman(finding);
                default:
                    break;
            }
        }

        return null;
    }

    private void Check(ResourceDraft resource, Trail trail)
    {
        foreach (var finding in Validator.Validate(resource.Root, Options).Findings)
        {
            trail.Note(new Finding(finding.Rule.Id, Severity.Error, LocationOf(resource.Type, finding), finding.Message));
        }
    }

    /// <summary><c>Observation[3].valueQuantity.code</c>: the third Observation of the message.</summary>
    private string LocationOf(string type, FhirFinding finding) =>
        $"{type}[{ordinals[type]}]{finding.Expression[Math.Min(type.Length, finding.Expression.Length)..]}";
}
