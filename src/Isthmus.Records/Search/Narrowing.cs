using System.Text;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;

namespace Isthmus.Records.Search;

/// <summary>
/// What one condition of a search allows to leave out before a row is looked at: only packs that have one of the tokens, or are of one of
/// the persons, or brought a version of one of the resources, can have what fits.
/// </summary>
internal sealed record Narrowing(IReadOnlyList<long> Tokens, IReadOnlyList<Guid> Persons, IReadOnlyList<Guid> Resources)
{
    /// <summary>Null where the condition leaves nothing out.</summary>
    public static Narrowing? Of(SearchCriterion criterion, SearchTokens tokens)
    {
        if (criterion is not ValueCriterion { IsNegative: false } asked)
        {
            return null;
        }

        var terms = new Terms(asked, tokens);
        return asked.AnyOf.All(terms.Take) ? new Narrowing(terms.Tokens, terms.Persons, terms.Resources) : null;
    }

    private sealed class Terms(ValueCriterion asked, SearchTokens tokens)
    {
        private string Name => asked.Parameter.Code;

        public List<long> Tokens { get; } = [];

        public List<Guid> Persons { get; } = [];

        public List<Guid> Resources { get; } = [];

        /// <summary>False where an alternative could be anywhere.</summary>
        public bool Take(SearchOperand operand) => operand switch
        {
            TokenOperand { Code: { } id } when Name == "_id" => TakeId(Encoding.UTF8.GetString(id)),
            TokenOperand { Value: { } value } => TakeToken(value),
            TokenOperand { Code: { } code } when asked.Modifier == SearchModifier.None => TakeToken(code),
            ReferenceOperand reference => TakeReference(reference),
            TextOperand text when FactParameters.IsName(asked.Parameter) || IsPartOfName => asked.Modifier != SearchModifier.Contains && TakeName(text),
            DateOperand { Prefix: SearchPrefix.Equal } date when FactParameters.IsBirth(asked.Parameter) => TakeBirth(date),
            _ => false,
        };

        /// <summary>Family and given names of a Patient are among the words of its name.</summary>
        private bool IsPartOfName => asked.Parameter is { Kind: SearchKind.String, Code: "family" or "given" };

        private bool TakeId(string text)
        {
            // What is no id of this store is of no resource in it, and needs nothing more to be found nowhere.
            if (Guid.TryParseExact(text, "D", out var id))
            {
                Resources.Add(id);
            }

            return true;
        }

        private bool TakeToken(byte[] code)
        {
            if (!FactParameters.IsKept(asked.Parameter) || !FactParameters.IsSelective(asked.Parameter) || asked.Parameter.Kind != SearchKind.Token)
            {
                return false;
            }

            Tokens.Add(tokens.Of(TokenForm.Value, Name, [], code));
            return true;
        }

        private bool TakeReference(ReferenceOperand reference)
        {
            if (reference.Id is null)
            {
                Tokens.Add(tokens.Of(TokenForm.Uri, Name, [], Encoding.UTF8.GetBytes(reference.Uri)));
                return true;
            }

            IReadOnlyList<string> types = reference.Type is { } type ? [type] : asked.Parameter.Targets;
            foreach (var target in types)
            {
                Tokens.Add(tokens.Of(TokenForm.Reference, Name, [], Encoding.UTF8.GetBytes($"{target}/{reference.Id}")));
            }

            if (Guid.TryParseExact(reference.Id, "D", out var id))
            {
                // Neither a person's own packs nor those that brought the resource index what refers to it.
                Resources.Add(id);
                if (types.Contains("Patient"))
                {
                    Persons.Add(id);
                }
            }

            return types.Count > 0;
        }

        private bool TakeName(TextOperand text)
        {
            if (NamePrefixes.ToFind(text.Folded) is not { } prefix)
            {
                return false;
            }

            Tokens.Add(tokens.Of(TokenForm.Prefix, "name", [], Encoding.UTF8.GetBytes(prefix)));
            return true;
        }

        private bool TakeBirth(DateOperand date)
        {
            var form = BirthForms.Of(date.From, date.Until)[0];
            Tokens.Add(tokens.Of(TokenForm.Birth, Name, [], Encoding.ASCII.GetBytes(date.From.ToString(form, System.Globalization.CultureInfo.InvariantCulture))));
            return date.Until - date.From >= TimeSpan.FromDays(1);
        }
    }
}
