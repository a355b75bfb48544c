using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>Invariants that have code of their own.</summary>
internal enum NativeRule : byte
{
    None,
    Walk,
    ContainedInContained,
    ContainedReferredTo,
    ContainedWithoutVersion,
    ContainedWithoutSecurity,
    HasNarrative,
    PeriodInOrder,
    ReferenceToContained,
    FullUrlsDistinct,
    RequestsInEntries,
    ResponsesInEntries,
    FullUrlWithoutVersion,
    ComponentsOfOtherCode,
}

/// <summary>
/// The invariants that stand on every resource or are asked so often that they have code of their own, by the text of their
/// expression, so that another text is never mistaken for them. That both give the same answer is tested.
/// </summary>
internal static class NativeRules
{
    private static readonly Dictionary<string, NativeRule> ByExpression = new(StringComparer.Ordinal)
    {
        ["hasValue() or (children().count() > id.count())"] = NativeRule.Walk, // ele-1
        ["extension.exists() != value.exists()"] = NativeRule.Walk, // ext-1
        ["htmlChecks()"] = NativeRule.Walk, // txt-1, txt-2
        ["contained.contained.empty()"] = NativeRule.ContainedInContained, // dom-2
        ["contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()"] = NativeRule.ContainedReferredTo, // dom-3
        ["contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()"] = NativeRule.ContainedWithoutVersion, // dom-4
        ["contained.meta.security.empty()"] = NativeRule.ContainedWithoutSecurity, // dom-5
        ["text.`div`.exists()"] = NativeRule.HasNarrative, // dom-6
        ["start.hasValue().not() or end.hasValue().not() or (start <= end)"] = NativeRule.PeriodInOrder, // per-1
        ["reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"] = NativeRule.ReferenceToContained, // ref-1
        ["(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()"] = NativeRule.FullUrlsDistinct, // bdl-7
        ["entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))"] = NativeRule.RequestsInEntries, // bdl-3
        ["entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))"] = NativeRule.ResponsesInEntries, // bdl-4
        ["fullUrl.exists() implies fullUrl.contains('/_history/').not()"] = NativeRule.FullUrlWithoutVersion, // bdl-8
        ["value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"] = NativeRule.ComponentsOfOtherCode, // obs-7
    };

    private static readonly int ContainedName = FhirNames.IdOf("contained"u8);

    /// <summary>The expressions that have code of their own, for the test that compares.</summary>
    public static IEnumerable<string> Expressions => ByExpression.Keys;

    public static NativeRule Of(string expression) => ByExpression.GetValueOrDefault(expression);

    /// <summary>Whether the rule holds; null where only FHIRPath can tell.</summary>
    public static bool? Holds(NativeRule rule, FhirTape tape, int focus, ReferenceTargets targets) => rule switch
    {
        NativeRule.ContainedInContained => NoContainedHas(tape, focus, "contained"u8, []),
        NativeRule.ContainedReferredTo => ContainedUse.FirstUnused(tape, focus) < 0,
        NativeRule.ContainedWithoutVersion => NoContainedHas(tape, focus, "meta"u8, "versionId"u8) && NoContainedHas(tape, focus, "meta"u8, "lastUpdated"u8),
        NativeRule.ContainedWithoutSecurity => NoContainedHas(tape, focus, "meta"u8, "security"u8),
        NativeRule.HasNarrative => new FhirElement(tape, focus)["text"u8]["div"u8].Exists,
        NativeRule.PeriodInOrder => InOrder(new FhirElement(tape, focus)["start"u8], new FhirElement(tape, focus)["end"u8]),
        NativeRule.ReferenceToContained => ReferenceHolds(tape, focus, targets),
        NativeRule.FullUrlsDistinct => BundleRules.FullUrlsDistinct(tape, focus),
        NativeRule.RequestsInEntries => BundleRules.EntriesHave(tape, focus, "request"u8, "batch"u8, "transaction"u8),
        NativeRule.ResponsesInEntries => BundleRules.EntriesHave(tape, focus, "response"u8, "batch-response"u8, "transaction-response"u8),
        NativeRule.FullUrlWithoutVersion => new FhirElement(tape, focus)["fullUrl"u8].Text.IndexOf("/_history/"u8) < 0,
        NativeRule.ComponentsOfOtherCode => new FhirElement(tape, focus)["component"u8].Exists ? null : true,
        _ => true,
    };

    private static int Contained(FhirTape tape, int resource)
    {
        var array = tape.Find(resource, ContainedName, sibling: false);
        return array >= 0 && tape.Nodes[array].Kind == FhirKind.Array && tape.Nodes[array].First >= 0 ? array : FhirNode.None;
    }

    private static bool NoContainedHas(FhirTape tape, int resource, ReadOnlySpan<byte> name, ReadOnlySpan<byte> part)
    {
        var array = Contained(tape, resource);
        for (var item = array >= 0 ? tape.Nodes[array].First : FhirNode.None; item >= 0; item = tape.Nodes[item].Next)
        {
            var found = new FhirElement(tape, item)[name];
            if (part.IsEmpty ? found.Exists : found[part].Exists)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Two texts of the same form compare as texts; everything else is FHIRPath's.</summary>
    private static bool? InOrder(FhirElement start, FhirElement end)
    {
        if (start.Kind != FhirKind.String || end.Kind != FhirKind.String)
        {
            return true;
        }

        const int Day = 10, Second = 19;
        var from = start.Text;
        var to = end.Text;
        return from.Length != to.Length ? null
            : from.Length <= Day ? from.SequenceCompareTo(to) <= 0
            : from.Length > Second && from[Second] != '.' && from[Second..].SequenceEqual(to[Second..]) ? from.SequenceCompareTo(to) <= 0
            : null;
    }

    /// <summary>ref-1, with <c>#</c> alone, which refers to the container and which the expression forgets (FHIR R4 references.html#contained).</summary>
    private static bool ReferenceHolds(FhirTape tape, int focus, ReferenceTargets targets)
    {
        var reference = new FhirElement(tape, focus)["reference"u8];
        return reference.Kind != FhirKind.String || reference.Text is not [(byte)'#', ..] || reference.Text.Length == 1
            || targets.Resolve(focus, reference.Text) >= 0;
    }
}
