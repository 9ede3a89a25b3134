import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** HAPI as a peer: `read ROUNDS FILE...` times its parser, `send HOST PORT FILE...` speaks MLLP with its client. */
public class Peer {
    static final String[] FIELDS = {
        "/.MSH-9-1", "/.MSH-9-2", "/.MSH-10", "/.MSH-12", "/.EVN-2", "/.PID-3-1", "/.PID-3-4", "/.PID-5-1", "/.PID-5-2",
        "/.PID-7", "/.PID-8", "/.PID-13", "/.PV1-2", "/.PV1-3-1", "/.PV1-19"};

    public static void main(String[] args) throws Exception {
        try (HapiContext context = new DefaultHapiContext()) {
            context.setValidationContext(ValidationContextFactory.noValidation());
            if (args[0].equals("read")) {
                read(context, Integer.parseInt(args[1]), texts(args, 2));
            } else {
                send(context, args[1], Integer.parseInt(args[2]), texts(args, 3));
            }
        }
        System.exit(0);
    }

    static List<String> texts(String[] args, int first) throws Exception {
        List<String> found = new ArrayList<>();
        for (String name : Arrays.copyOfRange(args, first, args.length)) {
            String text = new String(Files.readAllBytes(Path.of(name)), StandardCharsets.UTF_8);
            found.add(text.replace("\r\n", "\r").replace("\n", "\r").strip() + "\r");
        }
        return found;
    }

    /** Prints the median milliseconds of CPU for one message, after as many rounds to warm up, and the failures. */
    static void read(HapiContext context, int rounds, List<String> texts) {
        PipeParser parser = context.getPipeParser();
        double[] took = new double[rounds];
        int failed = 0;
        for (int round = -rounds; round < rounds; round++) {
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            failed = 0;
            for (String text : texts) {
                failed += fields(parser, text) ? 0 : 1;
            }
            if (round >= 0) {
                took[round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began) / 1e6 / texts.size();
            }
        }
        Arrays.sort(took);
        System.out.println(took[rounds / 2] + " " + failed);
    }

    static boolean fields(PipeParser parser, String text) {
        try {
            Terser terser = new Terser(parser.parse(text));
            for (String field : FIELDS) {
                try {
                    terser.get(field);
                } catch (Exception absent) {
                    // the structure has no such segment
                }
            }
            return true;
        } catch (Exception unreadable) {
            return false;
        }
    }

    /** Prints MSA-1 and MSA-2 of each answer. */
    static void send(HapiContext context, String host, int port, List<String> texts) throws Exception {
        var connection = context.newClient(host, port, false);
        for (String text : texts) {
            Message answer = connection.getInitiator().sendAndReceive(context.getGenericParser().parse(text));
            Terser terser = new Terser(answer);
            System.out.println(terser.get("/.MSA-1") + " " + terser.get("/.MSA-2"));
        }
        connection.close();
    }
}
