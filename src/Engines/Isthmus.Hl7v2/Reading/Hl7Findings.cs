namespace Isthmus.Hl7v2;

/// <summary>The findings of one read, in a list that is reused and bounded.</summary>
internal sealed class Hl7Findings(int limit)
{
    private readonly List<Hl7Finding> list = [];

    public IReadOnlyList<Hl7Finding> List => list;

    public bool IsFull => list.Count >= limit;

    public void Clear() => list.Clear();

    /// <summary>A fatal finding is always listed; the others up to the limit, the last of them saying so.</summary>
    public void Add(string ruleId, Hl7Location location, int offset)
    {
        var severity = Hl7Rules.Severity(ruleId);
        if (IsFull && severity != Hl7Severity.Fatal)
        {
            return;
        }

        if (list.Count == limit - 1 && severity != Hl7Severity.Fatal)
        {
            ruleId = Hl7Rules.TooManyFindings;
            severity = Hl7Severity.Warning;
            location = Hl7Location.Message;
        }

        list.Add(new(ruleId, severity, location, offset, Hl7Rules.Text(ruleId)));
    }
}
