using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Forms;

/// <summary>Whether an item of a questionnaire is asked at all, by the answers to others (FHIR R4 questionnaire.html, enableWhen).</summary>
internal static class EnableWhen
{
    /// <summary>True where it is asked, false where not, null where the condition compares what cannot be compared here.</summary>
    public static bool? Holds(FhirElement item, FhirElement response)
    {
        if (FormItem.Extensions(item, "sdc-questionnaire-enableWhenExpression").Count > 0)
        {
            return null;
        }

        if (!item["enableWhen"u8].Exists)
        {
            return true;
        }

        var all = item["enableBehavior"u8].TextEquals("all"u8) || item["enableWhen"u8].Count == 1;
        bool? answer = all;
        foreach (var condition in item["enableWhen"u8])
        {
            var one = One(condition, response);
            if (one is null)
            {
                return null;
            }

            answer = all ? answer.Value && one.Value : answer.Value || one.Value;
        }

        return answer;
    }

    private static bool? One(FhirElement condition, FhirElement response)
    {
        var answers = new List<FhirElement>();
        Answers(response["item"u8], condition["question"u8].Text, answers);
        var wanted = Wanted(condition);
        switch (condition["operator"u8].AsString())
        {
            case "exists":
                return (answers.Count > 0) == (wanted.AsBoolean() ?? true);
            case "=":
                return answers.Exists(answer => Same(answer, wanted));
            case "!=":
                return !answers.Exists(answer => Same(answer, wanted));
            default:
                return answers.Count == 0 ? false : null;
        }
    }

    private static FhirElement Wanted(FhirElement condition)
    {
        foreach (var child in condition)
        {
            if (child.Name.StartsWith("answer"u8))
            {
                return child;
            }
        }

        return default;
    }

    private static bool Same(FhirElement answer, FhirElement wanted) =>
        wanted.Kind == FhirKind.Object
            ? answer["code"u8].Text.SequenceEqual(wanted["code"u8].Text) && answer["system"u8].Text.SequenceEqual(wanted["system"u8].Text)
            : answer.Text.SequenceEqual(wanted.Text);

    private static void Answers(FhirElement items, ReadOnlySpan<byte> linkId, List<FhirElement> found)
    {
        foreach (var item in items)
        {
            foreach (var answer in item["answer"u8])
            {
                if (item["linkId"u8].TextEquals(linkId) && FormItem.Value(answer) is { Exists: true } value)
                {
                    found.Add(value);
                }

                Answers(answer["item"u8], linkId, found);
            }

            Answers(item["item"u8], linkId, found);
        }
    }
}
