using System.Text;
using Isthmus.Exchange;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Workflow.Definitions;

/// <summary>Reads one workflow file into a definition, or into all its faults at once.</summary>
internal static class DefinitionReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The definition, or null when there is any fault.</summary>
    public static WorkflowDefinition? Read(string path, ReadOnlySpan<byte> bytes, ICollection<SiteFault> faults)
    {
        var own = new List<SiteFault>();
        if (Compose(path, bytes, own) is var (root, text))
        {
            var definition = Read(new YamlSection(path, root, "", own), text);
            DefinitionChecks.Add(definition, path, root, own);
            if (own.Count == 0)
            {
                return definition;
            }
        }

        foreach (var fault in own)
        {
            faults.Add(fault);
        }

        return null;
    }

    private static (YamlMappingNode Root, string Text)? Compose(string path, ReadOnlySpan<byte> bytes, List<SiteFault> faults)
    {
        try
        {
            var text = StrictUtf8.GetString(bytes);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return (root, text);
            }

            faults.Add(new SiteFault(path, 1, WorkflowRules.Syntax, "The file must be one document of keys and values."));
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new SiteFault(path, 1, WorkflowRules.Syntax, "The file is not UTF-8 text."));
        }
        catch (YamlException e)
        {
            faults.Add(new SiteFault(path, (int)e.Start.Line, WorkflowRules.Syntax, $"YAML cannot be read here: {e.Message}"));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner gives up like this on a flow list that is never closed.
            faults.Add(new SiteFault(path, 1, WorkflowRules.Syntax, "YAML cannot be read: a bracket or brace is not closed."));
        }

        return null;
    }

    private static WorkflowDefinition Read(YamlSection file, string text)
    {
        var definition = new WorkflowDefinition(
            file.Text("workflow", "names the workflow"),
            file.Text("version", "tells one version of the workflow from another"),
            file.Text("purpose", "says in one sentence what the workflow is for"),
            file.Text("owner", "says who answers for the workflow"),
            file.Text("starts-on", "names the signal that starts it"),
            file.Text("audit", "names the ledger event that the start owes"),
            ReadTask(file.Sub("task", "says what the task tells whoever takes it")),
            [.. file.Each("pools").Select(ReadPool)],
            file.Text("initial", "names the state in which an instance begins"),
            ReadStates(file),
            text);
        file.Close();
        return definition;
    }

    private static TaskWords ReadTask(YamlSection task)
    {
        var words = new TaskWords(
            task.Text("title", "is what the inbox shows"),
            task.Text("why", "says why there is work"),
            task.Text("next-action", "says what to do"));
        task.Close();
        return words;
    }

    private static Pool ReadPool(YamlSection pool)
    {
        var read = new Pool(
            pool.Text("pool", "names the pool"), pool.Texts("locations"), pool.Texts("escalates-to"), pool.Flag("default"));
        pool.Close();
        return read;
    }

    private static Dictionary<string, WorkflowState> ReadStates(YamlSection file)
    {
        var states = new Dictionary<string, WorkflowState>(StringComparer.Ordinal);
        foreach (var (name, section) in file.Named("states"))
        {
            states[name] = new WorkflowState(
                name, section.Duration("complete-within"), section.OptionalText("owner"),
                [.. section.Each("timers").Select(ReadTimer).OfType<StateTimer>()], ReadTransitions(section), section.Flag("final"));
            section.Close();
        }

        return states;
    }

    private static StateTimer? ReadTimer(YamlSection timer)
    {
        var after = timer.Duration("after");
        var raises = timer.Text("raise", "names the event that the timer raises");
        if (after is null && timer.OptionalText("after") is null)
        {
            timer.Fault(timer.Line, WorkflowRules.Missing, "`after` is missing: it says how long the timer runs.");
        }

        timer.Close();
        return after is { } span ? new StateTimer(span, raises) : null;
    }

    private static Dictionary<string, Transition> ReadTransitions(YamlSection state)
    {
        var transitions = new Dictionary<string, Transition>(StringComparer.Ordinal);
        foreach (var (name, section) in state.Named("on"))
        {
            transitions[name] = new Transition(
                section.Text("to", "names the state that follows"),
                Word(section, "pool", "next"), Word(section, "read-back", "required"),
                section.Texts("outcomes"), section.Text("audit", "names the ledger event that this step owes"));
            section.Close();
        }

        return transitions;
    }

    private static bool Word(YamlSection section, string key, string word)
    {
        var text = section.OptionalText(key);
        if (text is not null && text != word)
        {
            section.Fault(key, WorkflowRules.Value, $"`{key}` is `{word}` or left out.");
        }

        return text == word;
    }
}
