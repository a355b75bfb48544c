using System.CommandLine;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Host.Conformance;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus fhirpath EXPRESSION PATH</c>: what an expression gives over resources on disk.</summary>
internal static class FhirPathCommand
{
    public static Command Create()
    {
        var expression = new Argument<string>("EXPRESSION") { Description = "FHIRPath, with R4's functions." };
        var paths = new Argument<FileInfo[]>("PATH") { Description = "Resources in FHIR JSON.", Arity = ArgumentArity.OneOrMore };
        var check = new Option<bool>("--check") { Description = "Also check the expression against the resource's type before evaluating it." };
        var packages = PackageFiles.Option();
        var json = Options.Json();
        var command = new Command("fhirpath", "Evaluate a FHIRPath expression over resources and print what it gives.") { expression, paths, check, packages, json };
        command.SetAction(parsed =>
        {
            var compiled = FhirPath.Compile(parsed.GetRequiredValue(expression));
            if (compiled.Expression is null)
            {
                Refuse(compiled.Fault!);
                return 1;
            }

            var context = FhirPathSurroundings.Of(PackageFiles.Load(parsed.GetValue(packages) ?? []));
            var answers = parsed.GetRequiredValue(paths).Select(path => Answer(compiled.Expression, path, parsed.GetValue(check), context)).ToList();
            if (parsed.GetValue(json))
            {
                Output.Json(answers);
            }
            else
            {
                Print(answers);
            }

            return answers.TrueForAll(answer => answer.Fault is null) ? 0 : 1;
        });
        return command;
    }

    private static FileAnswer Answer(FhirPathExpression expression, FileInfo path, bool check, FhirPathContext context)
    {
        var read = FhirJsonReader.Read(File.ReadAllBytes(path.FullName));
        if (read.Fault is { } unreadable)
        {
            return new FileAnswer(path.ToString(), [], unreadable.Rule, $"Line {unreadable.Position.Line}, column {unreadable.Position.Column}: {unreadable.Message}");
        }

        if (check && expression.Check(read.Root.ResourceType!) is [var mismatch, ..])
        {
            return Refused(path, mismatch);
        }

        var result = expression.Evaluate(read.Root, context);
        return result.Fault is { } fault
            ? Refused(path, fault)
            : new FileAnswer(path.ToString(), [.. result.Items.ToArray().Select(item => new ItemAnswer(item.TypeName, Shown(item)))], null, null);
    }

    private static string Shown(FhirPathValue item) =>
        item.AsString() ?? (item.IsElement ? System.Text.Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(item.Element)) : "");

    private static FileAnswer Refused(FileInfo path, PathFault fault) => new(path.ToString(), [], fault.Rule, $"At {fault.Position}: {fault.Message}");

    private static void Refuse(PathFault fault) => Output.Progress.MarkupLineInterpolated($"[red]{fault.Rule}[/] at {fault.Position}: {fault.Message}");

    private static void Print(List<FileAnswer> answers)
    {
        foreach (var answer in answers)
        {
            if (answers.Count > 1)
            {
                Output.People.MarkupLineInterpolated($"[bold]{answer.Path}[/]");
            }

            if (answer.Fault is not null)
            {
                Output.Progress.MarkupLineInterpolated($"[red]{answer.Fault}[/] {answer.Message}");
            }

            foreach (var item in answer.Items)
            {
                Output.People.MarkupLineInterpolated($"[grey]{item.Type}[/] {item.Value}");
            }
        }
    }

    private sealed record ItemAnswer(string Type, string Value);

    private sealed record FileAnswer(string Path, IReadOnlyList<ItemAnswer> Items, string? Fault, string? Message);
}
