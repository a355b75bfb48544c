using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Forms;

/// <summary>Checks a QuestionnaireResponse against the Questionnaire it answers (FHIR R4 questionnaireresponse.html).</summary>
internal sealed class ResponseCheck(DefinitionSet definitions, TerminologySet terminology, FhirTape tape, FindingLog log, ReferenceTargets targets)
{
    /// <summary>Items and answers are compared level by level with the questionnaire's; the longest honest forms have some thousands.</summary>
    private const int MostItems = 20_000;

    private readonly AnswerCheck answers = new(terminology, log);

    public void Check(int node)
    {
        var response = new FhirElement(tape, node);
        if (response["questionnaire"u8] is not { Kind: FhirKind.String } canonical)
        {
            return;
        }

        var questionnaire = Find(node, canonical.Text);
        if (!questionnaire.Exists)
        {
            log.Add(FormRules.Unknown, node);
            return;
        }

        if (!questionnaire["resourceType"u8].TextEquals("Questionnaire"u8))
        {
            return;
        }

        if (Count(response["item"u8], MostItems) > MostItems)
        {
            log.Add(LimitRules.Form, node);
            return;
        }

        Period(response, questionnaire);
        var form = new Form(questionnaire, IsFinished(response), response);
        Items(response, questionnaire["item"u8], response["item"u8], form);
    }

    private static int Count(FhirElement items, int most)
    {
        var count = 0;
        foreach (var item in items)
        {
            count += 1 + item["answer"u8].Count + (count > most ? 0 : Count(item["item"u8], most));
            foreach (var answer in item["answer"u8])
            {
                count += count > most ? 0 : Count(answer["item"u8], most);
            }
        }

        return count;
    }

    private FhirElement Find(int node, ReadOnlySpan<byte> canonical) =>
        canonical is [(byte)'#', ..]
            ? targets.Resolve(node, canonical) is >= 0 and var contained ? new FhirElement(tape, contained) : default
            : definitions.Find(Encoding.UTF8.GetString(canonical));

    /// <summary>While a response is in progress, what is required may still be missing.</summary>
    private static bool IsFinished(FhirElement response) => response["status"u8].AsString() is "completed" or "amended";

    private void Period(FhirElement response, FhirElement questionnaire)
    {
        var authored = response["authored"u8];
        var period = questionnaire["effectivePeriod"u8];
        if (authored.Kind == FhirKind.String && (Before(authored, period["start"u8]) || Before(period["end"u8], authored)))
        {
            log.Add(FormRules.OutsidePeriod, authored.Index);
        }
    }

    private static bool Before(FhirElement left, FhirElement right)
    {
        if (left.Kind != FhirKind.String || right.Kind != FhirKind.String)
        {
            return false;
        }

        var both = Math.Min(left.Text.Length, right.Text.Length);
        return left.Text[..both].SequenceCompareTo(right.Text[..both]) < 0;
    }

    /// <summary>The items of one level, in the order of the questionnaire's items of that level.</summary>
    private void Items(FhirElement holder, FhirElement asked, FhirElement given, Form form)
    {
        var last = -1;
        foreach (var item in given)
        {
            var place = PlaceOf(asked, item["linkId"u8]);
            if (place < 0)
            {
                log.Add(form.Has(item["linkId"u8].AsString() ?? "") ? FormRules.Misplaced : FormRules.UnknownItem, form.Response.Index);
            }
            else if (place < last)
            {
                log.Add(FormRules.Order, item.Index);
            }

            last = Math.Max(last, place);
        }

        foreach (var question in asked)
        {
            Item(holder, new FormItem(question), Of(given, question["linkId"u8]), form);
        }
    }

    private void Item(FhirElement holder, FormItem question, List<FhirElement> given, Form form)
    {
        var enabled = EnableWhen.Holds(question.Element, form.Response);
        if (given.Count == 0)
        {
            if (question.Required && form.Finished && enabled == true && question.Type != "display")
            {
                log.Add(FormRules.Missing, holder.Index, question.LinkId);
            }

            return;
        }

        foreach (var item in given)
        {
            switch (question.Type)
            {
                case "group":
                    Group(item, question, form, enabled == true);
                    break;
                case "display" or "question":
                    if (item["answer"u8].Exists)
                    {
                        log.Add(FormRules.NoAnswers, item.Index, question.Type);
                    }

                    Items(item, question.Items, item["item"u8], form);
                    break;
                default:
                    Question(item, question, form, enabled == true);
                    break;
            }
        }
    }

    private void Group(FhirElement item, FormItem question, Form form, bool enabled)
    {
        if (item["answer"u8].Exists)
        {
            log.Add(FormRules.NoAnswers, item.Index, question.Type);
        }

        if (question.Required && form.Finished && enabled && !item["item"u8].Exists)
        {
            log.Add(FormRules.EmptyGroup, item.Index);
            return;
        }

        Items(item, question.Items, item["item"u8], form);
    }

    private void Question(FhirElement item, FormItem question, Form form, bool enabled)
    {
        var given = item["answer"u8];
        if (!given.Exists && question.Required && form.Finished && enabled)
        {
            log.Add(FormRules.Missing, item.Index, question.LinkId);
        }

        if (given.Count > 1 && !question.Repeats)
        {
            log.Add(FormRules.TooMany, item.Index);
        }

        foreach (var answer in given)
        {
            answers.Check(answer, question, given.Count);
            Items(answer, question.Items, answer["item"u8], form);
        }

        // Without an answer there is nowhere for the items below it to stand.
        if (!given.Exists)
        {
            Items(item, question.Items, item["item"u8], form);
        }
    }

    private static int PlaceOf(FhirElement asked, FhirElement linkId)
    {
        var place = 0;
        foreach (var question in asked)
        {
            if (linkId.Exists && question["linkId"u8].TextEquals(linkId.Text))
            {
                return place;
            }

            place++;
        }

        return FhirNode.None;
    }

    private static List<FhirElement> Of(FhirElement given, FhirElement linkId)
    {
        var found = new List<FhirElement>();
        foreach (var item in given)
        {
            if (item["linkId"u8].TextEquals(linkId.Text))
            {
                found.Add(item);
            }
        }

        return found;
    }

    /// <summary>What is being answered, and whether the answering is over.</summary>
    private sealed class Form(FhirElement questionnaire, bool finished, FhirElement response)
    {
        private HashSet<string>? linkIds;

        public bool Finished => finished;

        public FhirElement Response => response;

        public bool Has(string linkId)
        {
            if (linkIds is null)
            {
                linkIds = new HashSet<string>(StringComparer.Ordinal);
                Collect(questionnaire["item"u8]);
            }

            return linkIds.Contains(linkId);
        }

        private void Collect(FhirElement items)
        {
            foreach (var item in items)
            {
                linkIds!.Add(item["linkId"u8].AsString() ?? "");
                Collect(item["item"u8]);
            }
        }
    }
}
