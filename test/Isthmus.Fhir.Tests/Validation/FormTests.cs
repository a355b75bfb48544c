using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Answers held against the questionnaire they answer.</summary>
public sealed class FormTests
{
    private const string Questionnaire = """
        {"resourceType":"Questionnaire","url":"http://example.org/q","status":"active","item":[
         {"linkId":"g","type":"group","item":[
          {"linkId":"smokes","type":"boolean","required":true},
          {"linkId":"perDay","type":"integer","required":true,"enableWhen":[{"question":"smokes","operator":"=","answerBoolean":true}],
           "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":1},{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":100}]}]},
         {"linkId":"kind","type":"choice","repeats":true,"answerOption":[{"valueCoding":{"system":"http://example.org","code":"a"}},{"valueString":"other"}]},
         {"linkId":"mail","type":"string","maxLength":30,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"[^@]+@[^@]+"}]}]}
        """;

    private static readonly FhirValidator Validator = FhirValidator.For(
        DefinitionSet.R4.With(DefinitionPackage.Of("test", "1", [FhirJsonReader.Read(Encoding.UTF8.GetBytes(Questionnaire)).Tape!])));

    [Theory]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":false}]}]}""", null)]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":true}]},{"linkId":"perDay","answer":[{"valueInteger":5}]}]}""", null)]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":true}]}]}""", "fhir.form.required")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueString":"no"}]}]}""", "fhir.form.answer-type")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":true},{"valueBoolean":false}]},{"linkId":"perDay","answer":[{"valueInteger":5}]}]}""", "fhir.form.too-many")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":true}]},{"linkId":"perDay","answer":[{"valueInteger":0}]}]}""", "fhir.form.below-minimum")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":true}]},{"linkId":"perDay","answer":[{"valueInteger":101}]}]}""", "fhir.form.above-maximum")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":false}]},{"linkId":"mail","answer":[{"valueString":"a@b"}]}]}""", "fhir.form.misplaced-item")]
    [InlineData("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":false}]},{"linkId":"zz"}]}""", "fhir.form.unknown-item")]
    public void A_group_is_held_against_its_questions(string group, string? rule) => Assert.Equal(rule, Only(group));

    [Theory]
    [InlineData("""{"linkId":"kind","answer":[{"valueCoding":{"system":"http://example.org","code":"a"}},{"valueString":"other"}]}""", null)]
    [InlineData("""{"linkId":"kind","answer":[{"valueCoding":{"system":"http://example.org","code":"b"}}]}""", "fhir.form.option")]
    [InlineData("""{"linkId":"mail","answer":[{"valueString":"a@example.org"}]}""", null)]
    [InlineData("""{"linkId":"mail","answer":[{"valueString":"a"}]}""", "fhir.form.format")]
    [InlineData("""{"linkId":"mail","answer":[{"valueString":"a@0123456789012345678901234567890"}]}""", "fhir.form.too-long")]
    public void An_answer_is_held_against_what_the_question_allows(string item, string? rule) =>
        Assert.Equal(rule, Only("""{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":false}]}]},""" + item));

    [Fact]
    public void Items_stand_in_the_order_of_the_questionnaire() => Assert.Equal("fhir.form.order", Only(
        """{"linkId":"mail","answer":[{"valueString":"a@b"}]},{"linkId":"g","item":[{"linkId":"smokes","answer":[{"valueBoolean":false}]}]}"""));

    [Fact]
    public void While_it_is_in_progress_answers_may_be_missing() => Assert.Null(Only("""{"linkId":"g","item":[]}""".Replace(",\"item\":[]", "", StringComparison.Ordinal), "in-progress"));

    private static string? Only(string items, string status = "completed")
    {
        var json = $$"""{"resourceType":"QuestionnaireResponse","questionnaire":"http://example.org/q","status":"{{status}}","item":[{{items}}]}""";
        return Validator.Validate(Encoding.UTF8.GetBytes(json)).Findings.Where(finding => finding.IsError).Select(finding => finding.Rule.Id).SingleOrDefault();
    }
}
