using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Reverse;

/// <summary>One message on its way out: what it is written from, what was read, what was found.</summary>
internal sealed class ReverseRun
{
    private readonly SaidElements said = new();
    private readonly HashSet<FhirElement> found = [];
    private readonly HashSet<FhirElement> selected = [];
    private readonly Dictionary<FhirElement, (FhirElement Patient, FhirElement Group)> places = [];
    private readonly Dictionary<FhirElement, FhirElement> specimens = [];
    private readonly List<FhirElement> left = [];
    private readonly FhirPathContext paths;
    private readonly CompiledReverse maps;
    private readonly Version version;

    public ReverseRun(CompiledReverse maps, ResourceIndex index, ReverseContext context)
    {
        this.maps = maps;
        Index = index;
        Context = context;
        version = Version.TryParse(context.Version, out var written) ? written : new Version(2, 5, 1);
        paths = new FhirPathContext { Resolve = index.Resolve, Followed = said.Follow, Now = context.Now };
    }

    public ResourceIndex Index { get; }

    public ReverseContext Context { get; }

    public SegmentSheet Sheet { get; } = new();

    public Hl7MessageBuilder Output { get; } = new();

    public List<ReverseFinding> Findings { get; } = [];

    public InverseNames Names => maps.Names;

    public CodeTable Units => maps.Units;

    /// <summary>Such as R01.</summary>
    public string Event { get; set; } = string.Empty;

    /// <summary>Such as ORU_R01.</summary>
    public string Structure { get; set; } = string.Empty;

    /// <summary>Which of its kind the segment in hand is.</summary>
    public int SetId { get; set; }

    /// <summary>Which of those it is that the part selected.</summary>
    public int Ordinal { get; set; }

    /// <summary>How many expressions were evaluated: what a test of linear work counts.</summary>
    public long Evaluations { get; private set; }

    public bool IsRead(FhirElement element) => said.Has(element);

    /// <inheritdoc cref="SaidElements.Add(FhirElement)"/>
    public void Read(FhirElement element) => said.Add(element);

    /// <summary>Whether a finding names this very element.</summary>
    public bool IsFound(FhirElement element) => found.Count > 0 && found.Contains(element);

    /// <summary>Notes what a part of the message stands for.</summary>
    public void Select(IReadOnlyList<Focus> those)
    {
        foreach (var focus in those)
        {
            selected.Add(focus.Resource);
        }
    }

    /// <summary>Whether a part of the message stands for a resource.</summary>
    public bool IsSelected(FhirElement resource) => selected.Contains(resource);

    /// <summary>Notes that a segment was filled from a resource, among those of a patient and of the group around it.</summary>
    public void Place(in Focus focus, FhirElement patient, FhirElement group)
    {
        places[focus.Resource] = (patient, group);
        if (focus.Type == "Specimen")
        {
            specimens.TryAdd(group, focus.Resource);
        }
    }

    /// <summary>The patient among whose segments a resource stands; absent where none has it.</summary>
    public FhirElement PatientOf(FhirElement resource) => places.GetValueOrDefault(resource).Patient;

    /// <summary>The first specimen that stands in the group of a resource: the one that the group is about.</summary>
    public FhirElement SpecimenBeside(FhirElement resource) => specimens.GetValueOrDefault(places.GetValueOrDefault(resource).Group);

    /// <summary>Notes a value for which a rule had no room; whether another rule writes it is known at the end.</summary>
    public void Leave(FhirElement element) => left.Add(element);

    /// <summary>Tells of the values that no rule had room for.</summary>
    public void Finish()
    {
        foreach (var element in left.Distinct().Where(element => !UnreadWalk.IsSaid(this, element)))
        {
            Find(ReverseRules.ValuesLeft, element);
        }
    }

    public void Find((string Rule, string Message) rule, FhirElement at)
    {
        Findings.Add(new ReverseFinding(rule.Rule, at.Exists ? Index.Locate(at) : "Bundle", rule.Message));
        if (at.Exists && rule != ReverseRules.Expression)
        {
            found.Add(at);
        }
    }

    /// <summary>Writes a text; where the place is taken, the first one counts. True if the message now says it.</summary>
    public bool Write(in Place at, ReadOnlySpan<byte> text, FhirElement from)
    {
        var isSaid = Sheet.Write(at, text);
        if (isSaid && !text.IsEmpty)
        {
            said.Add();
            Read(from);
        }

        return isSaid;
    }

    /// <summary>Runs a map over what it reads, into the segment in hand or a place of it.</summary>
    public void Fill(ReverseMap map, in Focus focus, in Place at, InverseTable? vocabulary)
    {
        if (map.When is not null && !Holds(map.When, focus))
        {
            return;
        }

        foreach (var rule in map.Rules)
        {
            if (rule.From.Length == 0 && rule.To is [{ Field: > 0 } only] && Sheet.Has(new Place(only.Field, 1, only.Component, only.Subcomponent)))
            {
                // A constant says nothing of any element, and is no longer wanted where the place is taken.
                continue;
            }

            if (!rule.IsFor(version) || (rule.When is not null && !Holds(rule.When, focus)))
            {
                continue;
            }

            if (rule.From.Length == 0)
            {
                rule.Apply(this, new Given { Rule = rule, Focus = focus, Items = [], At = 0, Place = at, Repetition = 1, Vocabulary = vocabulary });
                continue;
            }

            var items = Follow(rule.From[0], focus, out var trail).Items;
            if (!items.IsEmpty)
            {
                Run(rule, focus, items, at, vocabulary, trail);
            }

            said.Forget(trail.From);
        }

        maps.Kept.Return(this, map, focus, at);
    }

    /// <summary>The first item of an expression; a value without kind if there is none.</summary>
    public FhirPathValue First(FhirPathExpression expression, in Focus focus) => Evaluate(expression, focus) is { Count: > 0 } result ? result[0] : default;

    public FhirPathResult Evaluate(FhirPathExpression expression, in Focus focus)
    {
        var result = Follow(expression, focus, out var trail);
        said.Forget(trail.From);
        return result;
    }

    /// <summary>Evaluates, and tells which references that followed; the caller forgets them when it has said by which way it came.</summary>
    public FhirPathResult Follow(FhirPathExpression expression, in Focus focus, out Trail trail)
    {
        Evaluations++;
        var before = said.Followed;
        var result = expression.Evaluate(focus.Element, focus.Type, focus.Resource, focus.Resource, paths);
        trail = new Trail(before, said.Followed);
        if (result.Fault is not null)
        {
            Find(ReverseRules.Expression, focus.Element);
        }

        return result;
    }

    public bool Holds(FhirPathExpression condition, in Focus focus)
    {
        Evaluations++;
        var before = said.Followed;
        var truth = condition.IsTrue(focus.Element, focus.Type, focus.Resource, focus.Resource, paths, out var fault);
        said.Forget(before);
        if (fault is not null)
        {
            Find(ReverseRules.Expression, focus.Element);
        }

        return truth == PathTruth.True;
    }

    /// <inheritdoc cref="SaidElements.AddWay"/>
    public void ReadWay(Trail trail, in FhirPathValue to)
    {
        if (!trail.IsEmpty)
        {
            said.AddWay(trail, ResourceOf(to.Element));
        }
    }

    /// <summary>Lets go of the references that an evaluation followed.</summary>
    public void Forget(Trail trail) => said.Forget(trail.From);

    /// <summary>An element that a path led to, in the resource that it lies in.</summary>
    public static Focus FocusOf(in FhirPathValue item) => new(item.Element, item.TypeName, ResourceOf(item.Element));

    /// <summary>The resource that an element lies in, the innermost.</summary>
    public static FhirElement ResourceOf(FhirElement element)
    {
        while (element.Exists && !element["resourceType"u8].Exists)
        {
            element = element.Parent;
        }

        return element;
    }

    private void Run(ReverseRule rule, in Focus focus, ReadOnlySpan<FhirPathValue> items, in Place at, InverseTable? vocabulary, Trail trail)
    {
        var field = rule.To[0].Field;
        if (rule.Each)
        {
            for (var i = 0; i < items.Length; i++)
            {
                if (Sheet.NextRepetition(field) is var next and <= SegmentSheet.MostRepetitions)
                {
                    Apply(rule, focus, items, i, at, next, vocabulary, trail);
                }
                else
                {
                    Leave(items[i].Element);
                }
            }

            return;
        }

        var first = rule.To[0];
        var place = first.Field > 0 ? new Place(first.Field, 1, first.Component, first.Subcomponent) : first.Within(at);
        var wasClosed = Sheet.IsClosed;
        Sheet.IsClosed |= first != default && place is { } taken && Sheet.Has(taken);
        Apply(rule, focus, items, 0, at, 1, vocabulary, trail);
        Sheet.IsClosed = wasClosed;
        for (var i = 1; i < items.Length && !rule.TakesAll && !Sheet.IsClosed; i++)
        {
            Leave(items[i].Element);
        }
    }

    /// <summary>Applies a rule to an item. What is implied is said, and the way that led there, only where the rule said something.</summary>
    private void Apply(ReverseRule rule, in Focus focus, ReadOnlySpan<FhirPathValue> items, int item, in Place at, int repetition, InverseTable? vocabulary, Trail trail)
    {
        var before = said.Times;
        rule.Apply(this, new Given { Rule = rule, Focus = focus, Items = items, At = item, Place = at, Repetition = repetition, Vocabulary = vocabulary });
        if (said.Times == before)
        {
            return;
        }

        foreach (var one in rule.TakesAll ? items : items.Slice(item, 1))
        {
            ReadWay(trail, one);
        }

        if (rule.Implies is null || !items[item].IsElement)
        {
            return;
        }

        foreach (var implied in Evaluate(rule.Implies, FocusOf(items[item])).Items)
        {
            Read(implied.Element);
        }
    }
}
