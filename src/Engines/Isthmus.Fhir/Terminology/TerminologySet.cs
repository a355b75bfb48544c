using System.Collections.Concurrent;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>
/// Terminology over a set of definitions: code systems, value sets, concept maps. Everything is compiled when first asked for and
/// kept; safe from many threads. Answers are yes, no or unknown: what is not here, or not here in full, is unknown, never no.
/// </summary>
public sealed class TerminologySet
{
    /// <summary>Compiled resources kept of each kind. There are as many as the definitions have; canonicals that name nothing are not kept.</summary>
    private const int MaxKept = 8192;

    private readonly ConcurrentDictionary<string, CompiledValueSet> valueSets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CodeSystemModel> codeSystems = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<byte[], CompiledValueSet> whole = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], CompiledValueSet>.AlternateLookup<ReadOnlySpan<byte>> wholeBySystem;
    private readonly Lazy<ILookup<string, FhirElement>> supplements;

    private TerminologySet(DefinitionSet definitions)
    {
        Definitions = definitions;
        wholeBySystem = whole.GetAlternateLookup<ReadOnlySpan<byte>>();
        supplements = new Lazy<ILookup<string, FhirElement>>(() => definitions.All("CodeSystem")
            .Where(system => system["content"u8].TextEquals("supplement"u8))
            .ToLookup(system => CanonicalVersion.Split(system["supplements"u8].AsString() ?? string.Empty).Url, StringComparer.Ordinal));
    }

    public DefinitionSet Definitions { get; }

    /// <summary>The terminology of a set of definitions, one for each set.</summary>
    public static TerminologySet Of(DefinitionSet definitions) => definitions.Cached(set => new TerminologySet(set));

    /// <summary>
    /// The value set of a canonical (<c>url</c> or <c>url|version</c>). Never null: one that is not among the definitions answers
    /// unknown to everything, and its findings say why.
    /// </summary>
    public CompiledValueSet ValueSet(string canonical)
    {
        if (valueSets.TryGetValue(canonical, out var kept))
        {
            return kept;
        }

        var compiler = new ValueSetCompiler(this);
        var set = compiler.Of(canonical);
        var compiled = new CompiledValueSet(canonical, Typed(canonical, "ValueSet"u8), set, compiler.Findings, IgnoresCase);
        return compiled.Resource.Exists && valueSets.Count < MaxKept ? valueSets.GetOrAdd(canonical, compiled) : compiled;
    }

    /// <summary>A ValueSet that is not among the definitions, such as one contained in a resource; compiled anew each time.</summary>
    public CompiledValueSet Compile(FhirElement valueSet)
    {
        var compiler = new ValueSetCompiler(this);
        var canonical = valueSet["url"u8].AsString() ?? string.Empty;
        return new CompiledValueSet(canonical, valueSet, compiler.Of(valueSet, canonical), compiler.Findings, IgnoresCase);
    }

    /// <summary>
    /// Whether a code system has a code, by list or by grammar; unknown where the system is not here in full. A hash look-up
    /// without allocation once the system was met; systems that are not here are not kept beyond a number.
    /// </summary>
    public Membership HasCode(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        if (!wholeBySystem.TryGetValue(system, out var all))
        {
            all = Whole(Encoding.UTF8.GetString(system));
            if (whole.Count < MaxKept)
            {
                wholeBySystem.TryAdd(system, all);
            }
        }

        return all.Contains(system, code);
    }

    /// <summary>Supplements among the definitions to a code system, whatever its version.</summary>
    internal IEnumerable<FhirElement> Supplements(string system) => supplements.Value[system];

    /// <summary>The code system of a canonical; null if nothing of it is here. A supplement is no code system.</summary>
    internal CodeSystemModel? CodeSystem(string canonical)
    {
        if (codeSystems.TryGetValue(canonical, out var kept))
        {
            return kept;
        }

        var resource = Typed(canonical, "CodeSystem"u8);
        var made = resource.Exists && !resource["content"u8].TextEquals("supplement"u8) ? new CodeSystemModel(resource) : IsoCodes.Model(canonical);
        return made is null || codeSystems.Count >= MaxKept ? made : codeSystems.GetOrAdd(canonical, made);
    }

    private CompiledValueSet Whole(string system)
    {
        var set = CodeSet.Nothing();
        var model = CodeSystem(system);
        foreach (var concept in model?.Concepts ?? [])
        {
            set.Add(system, concept.Code, concept.Element);
        }

        if (model?.IsComplete != true)
        {
            set.Rule(system, CodeGrammars.Of(system) is { } grammar ? CodeRule.Grammar(grammar) : CodeRule.Unknown);
        }

        return new CompiledValueSet(system, default, set, model?.Findings ?? [], IgnoresCase);
    }

    private FhirElement Typed(string canonical, ReadOnlySpan<byte> type) =>
        Definitions.Find(canonical) is var found && found["resourceType"u8].TextEquals(type) ? found : default;

    private bool IgnoresCase(string system) => CodeSystem(system)?.IgnoresCase == true;
}
