using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Reverse;

/// <summary>One message on its way out: what it is written from, what was read, what was found.</summary>
internal sealed class ReverseRun
{
    private readonly HashSet<FhirElement> read = [];
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
        paths = new FhirPathContext { Resolve = index.Resolve, Now = context.Now };
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

    public bool IsRead(FhirElement element) => read.Contains(element);

    /// <summary>Notes that the message says what an element says, with all that is in it.</summary>
    public void Read(FhirElement element)
    {
        if (element.Exists)
        {
            read.Add(element);
        }
    }

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

    public void Find((string Rule, string Message) rule, FhirElement at) =>
        Findings.Add(new ReverseFinding(rule.Rule, at.Exists ? Index.Locate(at) : "Bundle", rule.Message));

    /// <summary>Writes a text; where the place is taken, the first one counts. True if the message now says it.</summary>
    public bool Write(in Place at, ReadOnlySpan<byte> text, FhirElement from)
    {
        var said = Sheet.Write(at, text);
        if (said && !text.IsEmpty)
        {
            Read(from);
        }

        return said;
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
            if (!rule.IsFor(version) || (rule.When is not null && !Holds(rule.When, focus)))
            {
                continue;
            }

            if (rule.From.Length == 0)
            {
                rule.Apply(this, new Given { Rule = rule, Focus = focus, Items = [], At = 0, Place = at, Repetition = 1, Vocabulary = vocabulary });
                continue;
            }

            var items = Evaluate(rule.From[0], focus).Items;
            if (!items.IsEmpty)
            {
                Run(rule, focus, items, at, vocabulary);
            }
        }

        maps.Kept.Return(this, map, focus, at);
    }

    /// <summary>The first item of an expression; a value without kind if there is none.</summary>
    public FhirPathValue First(FhirPathExpression expression, in Focus focus) => Evaluate(expression, focus) is { Count: > 0 } result ? result[0] : default;

    public FhirPathResult Evaluate(FhirPathExpression expression, in Focus focus)
    {
        Evaluations++;
        var result = expression.Evaluate(focus.Element, focus.Type, focus.Resource, focus.Resource, paths);
        if (result.Fault is not null)
        {
            Find(ReverseRules.Expression, focus.Element);
        }

        return result;
    }

    public bool Holds(FhirPathExpression condition, in Focus focus)
    {
        Evaluations++;
        var truth = condition.IsTrue(focus.Element, focus.Type, focus.Resource, focus.Resource, paths, out var fault);
        if (fault is not null)
        {
            Find(ReverseRules.Expression, focus.Element);
        }

        return truth == PathTruth.True;
    }

    /// <summary>An element that a path led to, in the resource that it lies in.</summary>
    public static Focus FocusOf(in FhirPathValue item)
    {
        var resource = item.Element;
        while (resource.Exists && resource.ResourceType is null)
        {
            resource = resource.Parent;
        }

        return new Focus(item.Element, item.TypeName, resource);
    }

    private void Run(ReverseRule rule, in Focus focus, ReadOnlySpan<FhirPathValue> items, in Place at, InverseTable? vocabulary)
    {
        var field = rule.To[0].Field;
        if (rule.Each)
        {
            for (var i = 0; i < items.Length; i++)
            {
                if (Sheet.NextRepetition(field) is var next and <= SegmentSheet.MostRepetitions)
                {
                    Apply(rule, focus, items, i, at, next, vocabulary);
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
        Apply(rule, focus, items, 0, at, 1, vocabulary);
        Sheet.IsClosed = wasClosed;
        for (var i = 1; i < items.Length && !rule.TakesAll && !Sheet.IsClosed; i++)
        {
            Leave(items[i].Element);
        }
    }

    private void Apply(ReverseRule rule, in Focus focus, ReadOnlySpan<FhirPathValue> items, int item, in Place at, int repetition, InverseTable? vocabulary)
    {
        rule.Apply(this, new Given { Rule = rule, Focus = focus, Items = items, At = item, Place = at, Repetition = repetition, Vocabulary = vocabulary });
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
