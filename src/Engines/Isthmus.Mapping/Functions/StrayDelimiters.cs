using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>Delimiters that a sender forgot to escape in a text: kept as text, and reported once, however many rules read the place.</summary>
internal static class StrayDelimiters
{
    public static void Report(TranslationRun run, Slice text)
    {
        if (text.Level == Level.Subcomponent || !run.Text.HoldsDelimiter(text))
        {
            return;
        }

        var found = new MapFinding(FindingRules.DelimiterInText.Rule, run.Message.Locate(text.Start), FindingRules.DelimiterInText.Message);
        if (!run.Findings.Contains(found))
        {
            run.Findings.Add(found);
        }
    }
}
